import { eventAggregate } from '../../../domain/event/aggregate.ts';
import type { ReceiveEvent } from '../../../domain/event/commands.ts';
import type { Rejection } from '../../../domain/event/rejections.ts';
import type { EventState } from '../../../domain/event/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { eventIdOf, keyOfCloudEvent, secondEventIdOf } from '../../event-identity.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { noHistory } from '../../load.ts';

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
): Promise<CommandResult<EventState, Rejection>> {
  const { clientId, idempotencyKey } = event;
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

/** Whether the key is the CloudEvent's own name; it may have been sent as a key, too, and means the same then. */
const isNamedBySource = ({ cloudEvent, source, idempotencyKey }: ReceiveEvent['event']) =>
  cloudEvent !== null && idempotencyKey === keyOfCloudEvent(source, String(cloudEvent['id']));
