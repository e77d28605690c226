import { decodeEventTransition } from '../../../src/application/event-history.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { fold } from '../../../src/domain/event/state.ts';
import { type EventView, eventFromHistory } from '../../../src/projections/events/queries.ts';
import type { ObservedRow } from './evidence.ts';
import type { Breach } from './find-breaches.ts';

/** A row says what its history adds up to, in every field that can be seen of it. */
export function breachesOfRow(
  eventId: string,
  history: readonly RecordedTransition[],
  row: ObservedRow | undefined,
): readonly Breach[] {
  const mismatch = (what: string): Breach => ({ guarantee: 'G6', kind: 'mismatching row', eventId, what });
  if (row === undefined) return [mismatch('has a history and no row')];
  let expected: EventView;
  try {
    expected = expectedRow(history);
  } catch {
    // Illegal, which is said elsewhere.
    return [];
  }
  const told = Object.entries(row) as [keyof ObservedRow, unknown][];
  return told
    .filter(([field, value]) => value !== expected[field])
    .map(([field, value]) =>
      mismatch(`its row says ${field} ${String(value)}, its history ${String(expected[field])}`),
    );
}

/** What the projection makes of the history; where the domain's own fold speaks of the same, that is believed instead. */
function expectedRow(history: readonly RecordedTransition[]): EventView {
  const state = fold(history.map(decodeEventTransition));
  const view = eventFromHistory(history);
  if (state === null || view === null) throw new Error('There is no history');
  const { status, generation, attempts } = state;
  return { ...view, status, generation, attempts, revision: history.length - 1 };
}
