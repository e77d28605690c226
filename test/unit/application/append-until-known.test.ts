import { expect, it } from 'vitest';
import { appendLimits, appendUntilKnown } from '../../../src/application/append-until-known.ts';
import { eventIdOf, streamOf } from '../../../src/application/event-identity.ts';
import { type AppendRequest, type RecordedTransition, revision } from '../../../src/application/ports/event-log.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';

const stream = streamOf(eventIdOf('shop', 'order-1'));
const request: AppendRequest = { stream, expectedRevision: revision(0n), transitions: [] };
const head = { stream, revision: revision(0n), id: 'head' } as RecordedTransition;

it.each([1, 2, 3])(
  'what stood before is looked at again when the connection is lost %i times meanwhile',
  async (losses) => {
    let session = 1;
    const looked: number[] = [];
    const sent: number[] = [];
    const log = {
      ...createInMemoryLog(),
      session: () => session,
      readStream: async () => {
        looked.push(session);
        if (session <= losses) session++;
        return [head];
      },
      append: async () => {
        sent.push(session);
        return { kind: 'appended' as const, firstRevision: revision(1n), lastRevision: revision(1n) };
      },
    };
    const base = { headId: head.id, session: 0 };
    await appendUntilKnown(log, { clock: manualClock(), ...appendLimits }, request, base, 0);
    expect(looked).toEqual(Array.from({ length: losses + 1 }, (_, index) => index + 1));
    expect(sent).toEqual([losses + 1]);
  },
);
