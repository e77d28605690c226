import type { Evidence } from './evidence.ts';
import { breachesOfHistory } from './history-breaches.ts';
import { breachesOfRow } from './row-breaches.ts';

export type Guarantee = 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8' | 'G10';

/** The names under which breaches are counted. */
export type BreachKind =
  | 'lost'
  | 'stuck'
  | 'doubled'
  | 'illegal'
  | 'double terminal'
  | 'mismatching row'
  | 'against the policy'
  | 'unattributed'
  | 'untrue answer';

export interface Breach {
  readonly guarantee: Guarantee;
  readonly kind: BreachKind;
  readonly eventId: string;
  /** What is wrong, for a person. */
  readonly what: string;
}

/** Everything in the evidence that contradicts what is promised. */
export function findBreaches(evidence: Evidence): readonly Breach[] {
  const { histories, rows } = evidence;
  return [
    ...lostOnes(evidence),
    ...doubledOnes(evidence),
    ...untrueAnswers(evidence),
    ...[...histories].flatMap(([eventId, history]) => breachesOfHistory(eventId, history)),
    ...(rows === null ? [] : [...histories].flatMap(([id, history]) => breachesOfRow(id, history, rows.get(id)))),
    ...(rows === null ? [] : rowsOfNothing(rows, histories)),
  ];
}

function lostOnes({ acknowledged, histories }: Evidence): readonly Breach[] {
  return acknowledged.flatMap(({ eventId, idempotencyKey, payload }): readonly Breach[] => {
    const lost = (what: string): readonly Breach[] => [{ guarantee: 'G1', kind: 'lost', eventId, what }];
    const [first] = histories.get(eventId) ?? [];
    if (first === undefined) return lost(`was acknowledged (key ${idempotencyKey}) and has no history`);
    const received = JSON.parse(first.data) as { readonly idempotencyKey: string; readonly payload: string };
    if (received.idempotencyKey !== idempotencyKey)
      return lost(`was acknowledged under ${idempotencyKey} and stands under ${received.idempotencyKey}`);
    return received.payload === payload ? [] : lost('stands with another payload than the one acknowledged');
  });
}

function doubledOnes({ histories }: Evidence): readonly Breach[] {
  const idsByKey = new Map<string, string[]>();
  for (const [eventId, [first]] of histories) {
    if (first === undefined) continue;
    const { clientId, idempotencyKey } = JSON.parse(first.data) as Readonly<Record<string, string>>;
    const key = JSON.stringify([clientId, idempotencyKey]);
    idsByKey.set(key, [...(idsByKey.get(key) ?? []), eventId]);
  }
  return [...idsByKey]
    .filter(([, ids]) => ids.length > 1)
    .map(([key, ids]) => ({
      guarantee: 'G3',
      kind: 'doubled',
      eventId: ids.join(', '),
      what: `one key, several events: ${key}`,
    }));
}

/** What was said to be done is in the history once, and what was refused is not in it. */
function untrueAnswers({ answered = [], histories }: Evidence): readonly Breach[] {
  return answered.flatMap(({ requestId, eventId, wasDone }): readonly Breach[] => {
    const own = (histories.get(eventId) ?? []).filter(
      ({ metadata }) => (JSON.parse(metadata) as { readonly requestId?: string }).requestId === requestId,
    );
    if (own.length === (wasDone ? 1 : 0)) return [];
    const what = `request ${requestId} was ${wasDone ? 'done' : 'refused'}, and the history shows it ${own.length} times`;
    return [{ guarantee: 'G7', kind: 'untrue answer', eventId, what }];
  });
}

const rowsOfNothing = (rows: NonNullable<Evidence['rows']>, histories: Evidence['histories']): readonly Breach[] =>
  [...rows.keys()]
    .filter((eventId) => !histories.has(eventId))
    .map((eventId) => ({ guarantee: 'G6', kind: 'mismatching row', eventId, what: 'has a row and no history' }));
