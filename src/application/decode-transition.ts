import { isTransitionType, type Transition, transitionSchemas } from '../domain/event/transitions.ts';
import { SCHEMA_VERSION } from './envelope.ts';
import { UndecodableTransition } from './failures.ts';
import type { RecordedTransition } from './ports/event-log.ts';
import { AppendedTransition } from './sealed-transition.ts';

/**
 * The domain's view of a stored transition. The one place where older shapes are lifted to the present one; the log
 * itself is never rewritten.
 * @throws {UndecodableTransition} for an unknown type, a newer shape, or data that does not fit.
 */
export function decodeTransition(recorded: RecordedTransition): Transition {
  const { type, schemaVersion } = recorded;
  if (recorded instanceof AppendedTransition) return { type, data: JSON.parse(recorded.data) } as Transition;
  const where = `${recorded.stream}, revision ${recorded.revision}`;
  if (!isTransitionType(type)) throw new UndecodableTransition(`${where}: unknown transition type ${type}`);
  if (schemaVersion !== SCHEMA_VERSION)
    throw new UndecodableTransition(
      `${where}: ${type} of schema version ${schemaVersion}; this version reads ${SCHEMA_VERSION}`,
    );
  try {
    return { type, data: transitionSchemas[type].parse(JSON.parse(recorded.data)) } as Transition;
  } catch {
    // Without its cause: a parser's message quotes what it could not read, and that may be a payload.
    throw new UndecodableTransition(`${where}: the data of ${type} does not have its shape`);
  }
}
