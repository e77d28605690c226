import { decodeEventTransition } from '../../application/event-history.ts';
import { streamOf } from '../../application/event-identity.ts';
import { heldByPause, rememberingAnswers } from '../../application/event-types/held-by-pause.ts';
import { noPauses, type TypePauses } from '../../application/event-types/type-pauses.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import type { DueEvent } from '../../application/ports/due-work.ts';
import type { EventReader } from '../../application/ports/event-log.ts';
import type { SweepLimits } from './limits.ts';

interface HeldAmong {
  readonly log: Pick<EventReader, 'readPages' | 'readStream'>;
  readonly pauses?: TypePauses | undefined;
  readonly limits: Pick<SweepLimits, 'typesAtOnce'>;
}

/**
 * Which of these events a pause holds. Types are in the log alone, and looked up only while something is paused.
 * @throws {LogUnavailable}
 */
export async function heldAmong(
  { log, pauses = noPauses, limits: { typesAtOnce } }: HeldAmong,
  rows: readonly DueEvent[],
): Promise<{ readonly held: readonly DueEvent[]; readonly others: readonly DueEvent[] }> {
  if (pauses.all().size === 0) return { held: [], others: rows };
  const isHeld = rememberingAnswers(heldByPause(log, pauses));
  const held: DueEvent[] = [];
  const others: DueEvent[] = [];
  for (let from = 0; from < rows.length; from += typesAtOnce)
    await Promise.all(
      rows.slice(from, from + typesAtOnce).map(async (row) => {
        const type = await typeOf(log, row.eventId);
        (type !== null && (await isHeld(type)) ? held : others).push(row);
      }),
    );
  return { held, others };
}

/** `null` where it cannot be read: whoever claims the event says so. */
async function typeOf(log: Pick<EventReader, 'readPages'>, eventId: string): Promise<string | null> {
  for await (const [first] of log.readPages(streamOf(eventId)))
    try {
      const received = first && decodeEventTransition(first);
      return received?.type === 'EventReceived' ? received.data.type : null;
    } catch (error) {
      if (!(error instanceof UndecodableTransition)) throw error;
      return null;
    }
  return null;
}
