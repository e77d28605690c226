import type { EventReader } from '../application/ports/event-log.ts';
import type { DecodedTransition, ReadModel } from './read-model.ts';

/** Streams whose beginnings are read at one time. */
const AT_ONCE = 16;

/**
 * Adds to each transition the first one of its stream, where the read model needs it. Outside of the transaction: nothing is
 * asked over a network while that is open. @throws {LogUnavailable}
 */
export async function withFirsts(
  { needsFirstOf = [], decode }: Pick<ReadModel, 'needsFirstOf' | 'decode'>,
  decoded: readonly DecodedTransition<unknown>[],
  log: Pick<EventReader, 'readPages'>,
): Promise<readonly DecodedTransition<unknown>[]> {
  const needing = decoded.filter(({ recorded: { type } }) => needsFirstOf.includes(type));
  if (needing.length === 0) return decoded;
  const streams = [...new Set(needing.map(({ recorded: { stream } }) => stream))];
  const firsts = new Map<string, unknown>();
  for (let from = 0; from < streams.length; from += AT_ONCE)
    await Promise.all(
      streams.slice(from, from + AT_ONCE).map(async (stream) => {
        for await (const [first] of log.readPages(stream)) {
          if (first !== undefined) firsts.set(stream, decode(first));
          return;
        }
      }),
    );
  const isNeeding = new Set(needing);
  return decoded.map((one) =>
    isNeeding.has(one) && firsts.has(one.recorded.stream) ? { ...one, first: firsts.get(one.recorded.stream) } : one,
  );
}
