import { describe, expect, it } from 'vitest';
import { pagesThen, type Then } from '../../../src/application/history-then.ts';
import { appendAll, newStream, request, transition } from '../../support/event-log/transitions.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';

const at = (second: number) => `2030-01-01T00:00:0${second}.000Z`;

/** Revisions of a history whose transitions say that they were recorded in these seconds. */
async function seen(seconds: readonly number[], then: Then): Promise<readonly number[]> {
  const log = createInMemoryLog();
  const stream = newStream();
  const transitions = seconds.map((second) => transition({ recordedAt: at(second) }));
  await appendAll(log, [request({ transitions: [transition()] }), request({ stream, transitions })]);
  const revisions: number[] = [];
  for await (const page of pagesThen(log, stream, then))
    revisions.push(...page.map(({ revision }) => Number(revision)));
  return revisions;
}

describe('a history at a moment', () => {
  it('ends before the first transition that was recorded later', async () => {
    expect(await seen([1, 2, 2, 3], { asOf: at(2) })).toEqual([0, 1, 2]);
    expect(await seen([1, 2], { asOf: at(0) })).toEqual([]);
    expect(await seen([1, 2], { asOf: at(9) })).toEqual([0, 1]);
  });

  it('has no hole where the clock of a process was behind', async () => {
    expect(await seen([1, 5, 2, 6], { asOf: at(3) })).toEqual([0]);
    expect(await seen([1, 5, 2, 6], { asOf: at(5) })).toEqual([0, 1, 2]);
  });

  it('ends after a position in the whole log, which counts what is in other streams', async () => {
    expect(await seen([1, 2, 3], { asOfPosition: 0n })).toEqual([]);
    expect(await seen([1, 2, 3], { asOfPosition: 2n })).toEqual([0, 1]);
  });
});
