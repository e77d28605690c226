import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { fold } from '../../../src/domain/event/state.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { foldDueWork, isDueRow, LOST_COMMAND_AFTER_MS } from '../../../src/projections/due-work/project.ts';
import { carryOut, orders } from '../../support/domain/arbitrary.ts';
import { failed, histories, moment, received, replayRequested, started } from '../../support/domain/transitions.ts';
import { historyOf } from '../../support/read-database/following.ts';

const id = deriveUuid('event');
const recorded = (...history: readonly Transition[]) => historyOf('event', history);
const changeAfter = (...history: readonly Transition[]) => foldDueWork(recorded(...history))[0];
const secondsBetween = (one: string, other: string) => Date.parse(other) - Date.parse(one);
const last = (history: readonly RecordedTransition[]) => history.at(-1) as RecordedTransition;

describe('the due work of an event', () => {
  it('is a command, which is under way by rights, once it is received or replayed', () => {
    const waits = { id, kind: 'command', attempts: 0, due_at: null, wait_ms: LOST_COMMAND_AFTER_MS, wait_until: null };
    const [receipt] = recorded(received());
    expect(changeAfter(received())).toEqual({
      ...{ ...waits, generation: 0, revision: '0' },
      recorded_at: receipt?.recordedAt,
    });
    const replayed = [...histories.dead, replayRequested()];
    expect(changeAfter(...replayed)).toEqual({
      ...{ ...waits, generation: 1, revision: String(replayed.length - 1) },
      recorded_at: last(recorded(...replayed)).recordedAt,
    });
  });

  it('is the end of the lease while it is processed, as far from now as it was from the claim', () => {
    const history = recorded(...histories.processing);
    const leaseMs = secondsBetween(last(history).recordedAt, moment(30));
    expect(foldDueWork(history)[0]).toMatchObject({
      ...{ kind: 'lease', generation: 0, attempts: 1, due_at: moment(30) },
      ...{ wait_ms: leaseMs, wait_until: null },
    });
  });

  it('is its retry, by the time that the log names and by the delay that was meant, whichever is sooner', () => {
    expect(changeAfter(...histories['waiting for a retry'])).toMatchObject({
      ...{ kind: 'retry', generation: 0, attempts: 1, due_at: moment(60), wait_until: moment(60) },
    });
  });

  it('stays what it was between a failure and what follows from it, which are recorded together', () => {
    expect(changeAfter(received(), started(), failed())).toEqual(changeAfter(received(), started()));
    expect(foldDueWork(recorded(received(), started(), failed()).slice(2))).toEqual([]);
  });

  it('is there exactly while something is still to happen by itself, with the generation and the attempts of the domain', () => {
    fc.assert(
      fc.property(orders, (series) => {
        const { history } = carryOut(series);
        const state = fold(history);
        const [change] = foldDueWork(historyOf('event', history));
        const kinds: Readonly<Record<string, string>> = { RECEIVED: 'command', PROCESSING: 'lease', FAILED: 'retry' };
        expect(change?.kind).toBe(kinds[state?.status ?? ''] ?? null);
        if (change !== undefined && isDueRow(change))
          expect(change).toMatchObject({ generation: state?.generation, attempts: state?.attempts });
      }),
    );
  });

  it('counts a transition once that is handed over twice', () => {
    const history = recorded(...histories['waiting for a retry']);
    expect(foldDueWork([...history, ...history.slice(0, 2)])).toEqual(foldDueWork(history));
  });

  it('is known without a look at what the client sent', () => {
    const [receipt] = recorded(received()).map((one) => ({ ...one, data: 'no JSON at all', schemaVersion: 9 }));
    expect(foldDueWork(receipt === undefined ? [] : [receipt])).toMatchObject([{ kind: 'command', revision: '0' }]);
  });

  it.each(['2026-02-30T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '2026-01-01', '', 'infinity'])(
    'has no time of its transition where that is none that the table can hold: %j',
    (recordedAt) => {
      const [receipt] = recorded(received()).map((one) => ({ ...one, recordedAt }));
      expect(foldDueWork(receipt === undefined ? [] : [receipt])).toMatchObject([
        { kind: 'command', recorded_at: null },
      ]);
    },
  );

  it.each<readonly [what: string, changed: Partial<RecordedTransition>]>([
    ['of a type that this version does not know', { type: 'ProcessingPostponed' }],
    ['of a newer shape', { schemaVersion: 2 }],
    ['with damaged data', { data: '{"generation":' }],
    ['with a number that the table cannot hold', { data: oversized(started()) }],
    ['with a time that the table cannot hold', { data: ofYearZero(started()) }],
  ])('is to look into the stream when its last transition cannot be kept: one %s', (_, changed) => {
    const [receipt, start] = recorded(received(), started());
    const history = [receipt, { ...start, ...changed }] as readonly RecordedTransition[];
    expect(foldDueWork(history)).toMatchObject([{ id, kind: 'unreadable', revision: '1' }]);
  });
});

function oversized({ data }: Transition): string {
  return JSON.stringify({ ...data, generation: 2 ** 31 });
}
function ofYearZero({ data }: Transition): string {
  return JSON.stringify({ ...data, leaseExpiresAt: '0000-01-01T00:00:00.000Z' });
}
