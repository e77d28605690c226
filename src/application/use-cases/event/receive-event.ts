import { eventAggregate } from '../../../domain/event/aggregate.ts';
import type { ReceiveEvent } from '../../../domain/event/commands.ts';
import type { Rejection } from '../../../domain/event/rejections.ts';
import type { EventState } from '../../../domain/event/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { eventIdOf, keyOfCloudEvent, secondEventIdOf } from '../../event-identity.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { noHistory } from '../../load.ts';

/** What a client sent, checked. */
export interface SentByClient extends Omit<ReceiveEvent['event'], 'idempotencyKey'> {
  /** Which the client chose for it; `null` where it chose none. */
  readonly idempotencyKey: string | null;
}

/**
 * A client's event under its key: the one that the client chose, else that of a CloudEvent, else one of its own. The keys that clients choose and those that are made from CloudEvents are two
 * namespaces of the same texts: where one text is a key in both, the event that came first has the first id, and the
 * other one has the second. What was received before there were two namespaces keeps its id.
 * @throws as {@link handleCommand}.
 */
export async function receiveEvent(
  dependencies: CommandDependencies,
  sent: SentByClient,
  context: CommandContext,
): Promise<CommandResult<EventState, Rejection>> {
  const { clientId } = sent;
  const idempotencyKey = sent.idempotencyKey ?? ownKeyOf(sent) ?? dependencies.random.uuid();
  const event = { ...sent, idempotencyKey };
  const receive = (id: string) =>
    handleCommand(eventAggregate, dependencies, {
      ...{ id, context },
      command: { kind: 'ReceiveEvent', event },
      known: noHistory,
    });
  const first = await receive(eventIdOf(clientId, idempotencyKey));
  const holder = first.current.state?.received;
  const isOfOtherNamespace = !first.ok && holder !== undefined && isNamedBySource(holder) !== isNamedBySource(event);
  return isOfOtherNamespace ? receive(secondEventIdOf(clientId, idempotencyKey)) : first;
}

/** What names a CloudEvent by itself. */
const ownKeyOf = ({ cloudEvent, source }: SentByClient) =>
  cloudEvent && keyOfCloudEvent(source, String(cloudEvent['id']));

/** Whether the key is the CloudEvent's own name; it may have been sent as a key, too, and means the same then. */
const isNamedBySource = (event: ReceiveEvent['event']) => event.idempotencyKey === ownKeyOf(event);
