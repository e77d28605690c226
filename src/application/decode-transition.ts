import type { Aggregate, AnyAggregate, AnyTransition, TransitionOf } from '../domain/aggregate.ts';
import { UndecodableTransition } from './failures.ts';
import { AppendedTransition, type StoredTransition } from './sealed-transition.ts';

/** Of the data that is written now. */
export const schemaVersionOf = ({ upcasters }: Pick<AnyAggregate, 'upcasters'>, type: string): number =>
  1 + (upcasters[type]?.length ?? 0);

/**
 * The domain's view of a stored transition. The one place where older shapes are lifted to the current one; the log
 * itself is never rewritten.
 * @throws {UndecodableTransition} for an unknown type, a newer shape, or data that does not fit.
 */
export function decodeTransition<Transition extends AnyTransition>(
  aggregate: Aggregate<unknown, never, Transition, unknown>,
  recorded: StoredTransition,
): Transition {
  const { type, schemaVersion } = recorded;
  if (recorded instanceof AppendedTransition) return { type, data: JSON.parse(recorded.data) } as unknown as Transition;
  const { schemas, upcasters }: Pick<AnyAggregate, 'schemas' | 'upcasters'> = aggregate;
  if (!Object.hasOwn(schemas, type)) throw undecodable(recorded, `unknown transition type ${type}`);
  const steps = upcasters[type] ?? [];
  if (!(schemaVersion >= 1 && schemaVersion <= steps.length + 1))
    throw undecodable(
      recorded,
      `${type} of schema version ${schemaVersion}; this version reads ${steps.length === 0 ? '1' : `1 to ${steps.length + 1}`}`,
    );
  try {
    const data = steps.slice(schemaVersion - 1).reduce((older, lift) => lift(older), JSON.parse(recorded.data));
    return { type, data: schemas[type]?.parse(data) } as unknown as Transition;
  } catch {
    // Without its cause: a parser's message quotes what it could not read, and that may be a payload.
    throw undecodable(recorded, `the data of ${type} does not have its shape`);
  }
}

/** Reads the transitions of several aggregates, each as its stream's prefix says. @throws as {@link decodeTransition} */
export const decoderOf =
  <Known extends readonly AnyAggregate[]>(...known: Known) =>
  (recorded: StoredTransition): TransitionOf<Known[number]> => {
    const aggregate = known.find(({ streamPrefix }) => recorded.stream.startsWith(streamPrefix));
    if (aggregate === undefined) throw undecodable(recorded, 'its stream is of no aggregate that is read here');
    return decodeTransition(aggregate, recorded) as TransitionOf<Known[number]>;
  };

const undecodable = ({ stream, revision }: StoredTransition, what: string) =>
  new UndecodableTransition(`${stream}, revision ${revision}: ${what}`);
