import type { EventReader, RecordedTransition } from './ports/event-log.ts';

/** A moment of a history; what both parts admit, where both are given. */
export interface Then {
  /** RFC 3339 in UTC with milliseconds. */
  readonly asOf?: string | undefined;
  /** A position in the log. */
  readonly asOfPosition?: bigint | undefined;
}

/** Whether only what was there then is asked for. */
export const isThen = ({ asOf, asOfPosition }: Then): boolean => asOf !== undefined || asOfPosition !== undefined;

/**
 * Whether a transition comes after it. What follows the first such one does, too, whatever its own time says: clocks of
 * processes differ, and a history with a hole is none that ever was.
 */
const isLater = ({ recordedAt, position }: RecordedTransition, { asOf, asOfPosition }: Then): boolean =>
  (asOf !== undefined && recordedAt > asOf) || (asOfPosition !== undefined && position > asOfPosition);

/** A stream's pages as they were then, without what came later; the rest is not read. @throws {LogUnavailable} */
export async function* pagesThen(
  log: Pick<EventReader, 'readPages'>,
  stream: string,
  then: Then,
): AsyncGenerator<readonly RecordedTransition[]> {
  for await (const page of log.readPages(stream)) {
    const end = page.findIndex((recorded) => isLater(recorded, then));
    const seen = end < 0 ? page : page.slice(0, end);
    if (seen.length > 0) yield seen;
    if (end >= 0) return;
  }
}
