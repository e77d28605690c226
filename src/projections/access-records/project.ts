import type { Insertable } from 'kysely';
import { z } from 'zod';
import { actTypes } from '../../application/acts.ts';
import { unseal } from '../../application/envelope.ts';
import { deriveUuid } from '../../application/event-identity.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import type { StoredTransition } from '../../application/sealed-transition.ts';
import { storable } from '../storable.ts';
import type { AccessRecordsTable } from './table.ts';

export type AccessRecordRow = Readonly<Required<Insertable<AccessRecordsTable>>>;

const envelope = z.object({
  actor: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('principal'), subject: z.string(), clientId: z.string() }),
    z.object({ kind: z.literal('process'), process: z.string() }),
  ]),
  address: z.string().optional(),
  requestId: z.string().optional(),
});
/** Acts of every aggregate: most of them say why. */
const data = z.object({ reason: z.string().nullable().default(null) });

const isAct: ReadonlySet<string> = new Set(actTypes);

/** The row of an act; `null` for what is none. @throws {UndecodableTransition} */
export function accessRecordOf(recorded: StoredTransition): AccessRecordRow | null {
  const { stream, revision, id, type, recordedAt } = recorded;
  if (!isAct.has(type)) return null;
  const { actor, address, requestId } = parsed(recorded, () => envelope.parse(unseal(recorded).envelope));
  const { reason } = parsed(recorded, () => data.parse(JSON.parse(recorded.data)));
  return {
    id: deriveUuid('access-record', stream, revision.toString()),
    at: recordedAt,
    act: type,
    principal: storable(actor.kind === 'principal' ? actor.subject : actor.process),
    client_id: actor.kind === 'principal' ? storable(actor.clientId) : null,
    address: address === undefined ? null : storable(address),
    request_id: requestId === undefined ? null : storable(requestId),
    stream: storable(stream),
    revision: revision.toString(),
    transition_id: id,
    reason: reason === null ? null : storable(reason),
  };
}

function parsed<Value>({ stream, revision, type }: StoredTransition, parse: () => Value): Value {
  try {
    return parse();
  } catch {
    // Without its cause: a parser's message quotes what it could not read.
    throw new UndecodableTransition(`${stream}, revision ${revision}: ${type} does not say who acted as acts do`);
  }
}
