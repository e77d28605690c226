import { apiKeyAggregate } from '../../../domain/api-key/aggregate.ts';
import type { CreateApiKey } from '../../../domain/api-key/commands.ts';
import type { ApiKeyRejection } from '../../../domain/api-key/rejections.ts';
import type { ApiKeyState } from '../../../domain/api-key/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { deriveUuid } from '../../event-identity.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { noHistory } from '../../load.ts';
import { timestamp } from '../../ports/clock.ts';

/** The key itself is not among it: it goes nowhere but to whoever asked. */
export interface AskedApiKey extends Pick<CreateApiKey, 'key' | 'grantable' | 'isFull'> {
  readonly clientId: string;
  /** Of the request; `null` without one. */
  readonly idempotencyKey: string | null;
  readonly context: CommandContext;
}

/**
 * Makes a key. Asked for again under the same idempotency key, it is the key that is there, whose text is not known any
 * more: an answer that was lost never leaves two live keys behind. @throws as {@link handleCommand}.
 */
export function createApiKey(
  dependencies: CommandDependencies,
  { key, grantable, isFull, clientId, idempotencyKey, context }: AskedApiKey,
): Promise<CommandResult<ApiKeyState, ApiKeyRejection>> {
  const { clock, random } = dependencies;
  const id = idempotencyKey === null ? random.uuid() : deriveUuid('api-key', clientId, idempotencyKey);
  const command = { kind: 'CreateApiKey', key, grantable, isFull, now: timestamp(clock.now()) } as const;
  // Asked for before, the key may be there, and what would be refused by now was done then.
  const known = idempotencyKey === null ? noHistory : undefined;
  return handleCommand(apiKeyAggregate, dependencies, { id, command, context, known });
}
