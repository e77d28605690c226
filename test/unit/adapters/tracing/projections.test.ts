import { describe, expect, it } from 'vitest';
import type { RecordedTransition } from '../../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../../src/application/use-cases.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { traceOf, tracingInMemory } from '../../../support/otlp/tracing-in-memory.ts';
import { byClient, posted } from '../../../support/worker/posting.ts';
import { createSeededRandom } from '../../../support/worker/seeded-random.ts';

const MINUTE_MS = 60_000;

/** What stands in the log after events of these traces were received, so long ago. */
async function received(traces: readonly (string | undefined)[], ageMs = 0): Promise<readonly RecordedTransition[]> {
  const log = createInMemoryLog();
  const clock = { now: () => Date.now() - ageMs, sleep: async () => {} };
  const useCases = createUseCases({ log, clock, random: createSeededRandom(1) });
  for (const [key, traceparent] of traces.entries())
    await useCases.receiveEvent(posted(`${key}`), { ...byClient, traceparent });
  return log.all;
}

function traced(commit: () => Promise<void> = async () => {}) {
  const { tracing, spans } = tracingInMemory();
  const store = tracing.projection('events', {
    commit: async (_: { decoded: readonly { recorded: RecordedTransition }[] }) => commit(),
  });
  const project = (transitions: readonly RecordedTransition[]) =>
    store.commit({ decoded: transitions.map((recorded) => ({ recorded })) });
  return { project, spans };
}

describe('a batch that a projection commits', () => {
  it('is one span in each trace that it concerns, as a child of what appended', async () => {
    const { project, spans } = traced();
    const transitions = await received([traceOf('1'), undefined, traceOf('2'), traceOf('1'), traceOf('3', '00')]);
    await project(transitions);
    expect(await spans()).toMatchObject(
      ['1', '2'].map((digit) => ({
        ...{ name: 'project events', traceId: digit.repeat(32), parent: digit.repeat(16), status: 'UNSET' },
        attributes: {
          'eventops.batch.transitions': 5,
          'eventops.transitions': ['EventReceived'],
          'eventops.revision': 0,
        },
      })),
    );
  });

  it('is no span where nothing in it is traced', async () => {
    const { project, spans } = traced();
    await project(await received([undefined, traceOf('1', '00')]));
    expect(await spans()).toEqual([]);
  });

  it('is no span for what was recorded long ago, as in a rebuild', async () => {
    const { project, spans } = traced();
    await project(await received([traceOf('1')], 11 * MINUTE_MS));
    expect(await spans()).toEqual([]);
  });

  it('is an error where it is not committed', async () => {
    const { project, spans } = traced(() => Promise.reject(new RangeError('secret')));
    await expect(project(await received([traceOf('1')]))).rejects.toThrow('secret');
    const all = await spans();
    expect(all).toMatchObject([{ status: 'ERROR', attributes: { 'error.type': 'RangeError' } }]);
    expect(JSON.stringify(all)).not.toContain('secret');
  });
});
