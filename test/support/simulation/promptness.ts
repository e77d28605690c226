import { decodeEventTransition } from '../../../src/application/event-history.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Breach } from '../guarantees/find-breaches.ts';
import { areProvident } from './limits.ts';
import type { Fault, Scenario } from './scenario.ts';

/** Three attempts with their delays, and the longest pause after a refusal, which is 5 s. */
const SOON_MS = 9_000;

/**
 * Whether nothing in it has to be found again by a timeout: calls are merely refused or remain without an answer, or the
 * one process of the embedded profile is killed, which knows at its next start what it left.
 */
export const isPrompt = ({ profile, faults, limits, workersFrom, events }: Scenario): boolean =>
  workersFrom === 0 &&
  areProvident(limits) &&
  !events.some(({ conduct }) => conduct.includes('ends its process')) &&
  faults.every((fault) => isStumble(fault) || isHarmless(fault) || (profile === 'embedded' && isEnd(fault)));

/** Clocks that differ by less than a second, and rows that are refused, keep nothing from happening when it should. */
const isHarmless = (fault: Fault) =>
  (fault.kind === 'clock' && Math.abs(fault.ms) <= 1_000) || (fault.kind === 'row' && fault.key !== null);

function isStumble(fault: Fault): boolean {
  if (fault.kind !== 'call') return false;
  switch (fault.effect) {
    case 'refused':
      return true;
    case 'slow':
      return fault.ms <= 300;
    case 'lost':
    case 'vanished':
      // A role's lease that was taken without knowing has to expire first.
      return !fault.call.endsWith('lease');
    default:
      return false;
  }
}
const isEnd = (fault: Fault) =>
  fault.kind === 'tables' ||
  (fault.kind === 'call' && fault.effect.startsWith('kill')) ||
  (fault.kind === 'timed' && (fault.what === 'kill' || fault.what === 'stop'));

/** Then everything is soon at an end, and no attempt is given up for want of an answer. */
export function breachesOfPromptness(
  tookMs: number,
  histories: ReadonlyMap<string, readonly RecordedTransition[]>,
): readonly Breach[] {
  const late: Breach = {
    ...{ guarantee: 'G2', kind: 'stuck', eventId: '' },
    what: `nothing had to be found again, and it took ${Math.round(tookMs)} ms`,
  };
  return [
    ...(tookMs > SOON_MS ? [late] : []),
    ...[...histories].flatMap(([eventId, history]) =>
      history.filter(isGivenUp).map(
        (): Breach => ({
          ...{ guarantee: 'G8', kind: 'against the policy', eventId },
          what: 'an attempt was given up whose worker lived',
        }),
      ),
    ),
  ];
}

function isGivenUp(recorded: RecordedTransition): boolean {
  if (recorded.type !== 'ProcessingInterrupted') return false;
  const { type, data } = decodeEventTransition(recorded);
  return type === 'ProcessingInterrupted' && data.cause === 'lease-expired';
}
