import type { ReceiveEvent } from '../domain/event/commands.ts';
import { eventIdOf, keyOfCloudEvent, secondEventIdOf } from './event-identity.ts';
import { type CommandContext, type CommandDependencies, type CommandResult, handleCommand } from './handle-command.ts';
import { unheardOf } from './load-event.ts';

export type ReceiveResult = CommandResult & { readonly eventId: string };

/**
 * A client's event under its key. The keys that clients choose and those that are made from CloudEvents are two
 * namespaces of the same texts: where one text is a key in both, the event that came first has the first id, and the
 * other one has the second. What was received before there were two namespaces keeps its id.
 * @throws as {@link handleCommand}.
 */
export async function receiveEvent(
  dependencies: CommandDependencies,
  event: ReceiveEvent['event'],
  context: CommandContext,
): Promise<ReceiveResult> {
  const { clientId, idempotencyKey } = event;
  const receive = async (eventId: string): Promise<ReceiveResult> => ({
    ...(await handleCommand(dependencies, eventId, { kind: 'ReceiveEvent', event }, context, unheardOf)),
    eventId,
  });
  const first = await receive(eventIdOf(clientId, idempotencyKey));
  const holder = first.event.state?.received;
  const isOfOtherNamespace = !first.ok && holder !== undefined && isNamedBySource(holder) !== isNamedBySource(event);
  return isOfOtherNamespace ? receive(secondEventIdOf(clientId, idempotencyKey)) : first;
}

/** Whether the key is the CloudEvent's own name; it may have been sent as a key, too, and means the same then. */
const isNamedBySource = ({ cloudEvent, source, idempotencyKey }: ReceiveEvent['event']) =>
  cloudEvent !== null && idempotencyKey === keyOfCloudEvent(source, String(cloudEvent['id']));
