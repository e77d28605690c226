import { beforeAll, describe, expect, it } from 'vitest';
import { groupOf } from '../../../src/application/failure-groups/identity.ts';
import { apiUnderTest } from '../../support/api/api-under-test.ts';
import { readTablesOfThisFile } from '../../support/api/read-tables.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { families } from '../../support/similar/families.ts';
import { drawFigures, type Figures, figuresOf, precisionOf, recallOf } from '../../support/similar/figures.ts';
import { sameExceptionOtherFrame, sameWordsOtherCause } from '../../support/similar/hard-negatives.ts';
import { heldOutFamilies, heldOutSingletons } from '../../support/similar/held-out.ts';
import { addDeadLetter, failureOf, indexTexts } from '../../support/similar/labelled-log.ts';
import { singletons } from '../../support/similar/singletons.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
const ids = new Map<string, string>();

beforeAll(async () => {
  const all = [...Object.values({ ...families, ...heldOutFamilies }).flat(), ...singletons, ...heldOutSingletons];
  for (const text of all) ids.set(text, await addDeadLetter(log, text));
  await tables.project(log);
  await indexTexts(tables.db());
});

const idOf = (text: string) => ids.get(text) ?? '';

/** Over the API, as an operator asks, without what is of the other set: some of its families are about the same. */
async function measured(of: Readonly<Record<string, readonly string[]>>, single: readonly string[]): Promise<Figures> {
  const { call } = apiUnderTest({ log, readDatabase: tables.readDatabase });
  const own = new Set([...Object.values(of).flat(), ...single].map(idOf));
  return figuresOf(of, single, {
    idOf,
    async neighbours(text) {
      const answer = await call({ url: `/v1/events/${idOf(text)}/similar?limit=20` });
      expect(answer.statusCode, answer.body).toBe(200);
      const found: readonly { readonly eventId: string }[] = answer.json().items;
      return found
        .map(({ eventId }) => eventId)
        .filter((id) => own.has(id))
        .slice(0, 3);
    },
  });
}

describe('similar failures of the labelled set', () => {
  it('are of the same family in most cases, and none where a failure is like no other', async () => {
    const figures = await measured(families, singletons);
    console.log(drawFigures(figures));
    expect(Object.keys(families).length).toBeGreaterThanOrEqual(60);
    expect(singletons.length).toBeGreaterThanOrEqual(Object.keys(families).length / 4);
    expect(precisionOf(figures.families)).toBeGreaterThanOrEqual(0.8);
    expect(recallOf(figures.families)).toBeGreaterThanOrEqual(0.7);
    expect(figures.singletonsWithNeighbour.length).toBeLessThanOrEqual(singletons.length / 3);
  });

  it('are so, too, in families that were written once the vocabulary was there', async () => {
    const figures = await measured(heldOutFamilies, heldOutSingletons);
    console.log(`held out:\n${drawFigures(figures)}`);
    expect(precisionOf(figures.families)).toBeGreaterThanOrEqual(0.8);
    // Less than what is asked of the labelled set: what no vocabulary knows is found by its words alone.
    expect(recallOf(figures.families)).toBeGreaterThanOrEqual(0.5);
  });

  it('are never one group for having most words or the exception in common', () => {
    const idOfGroup = (text: string, frame: string | null) => {
      const [fn, file] = frame?.split(' ') ?? [];
      const stack =
        frame === null ? null : `${text}\n    at ${fn} (…/${file}:3:4)\n    at invokeHandler (…/worker.ts:1:1)`;
      return groupOf('orders.*', { ...failureOf(text), stack }).id;
    };
    const merged = [
      ...sameWordsOtherCause.filter(([one, other]) => idOfGroup(one, null) === idOfGroup(other, null)),
      ...sameExceptionOtherFrame.filter(([text, one, other]) => idOfGroup(text, one) === idOfGroup(text, other)),
    ];
    const pairs = sameWordsOtherCause.length + sameExceptionOtherFrame.length;
    console.log(`wrong merges of groups: ${merged.length} of ${pairs} pairs`);
    expect(pairs).toBeGreaterThanOrEqual(100);
    expect(merged).toEqual([]);
  });
});
