import { apiKeyAggregate } from '../../../domain/api-key/aggregate.ts';
import type { RevokeApiKey } from '../../../domain/api-key/commands.ts';
import type { ApiKeyRejection } from '../../../domain/api-key/rejections.ts';
import type { ApiKeyState } from '../../../domain/api-key/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { timestamp } from '../../ports/clock.ts';

export interface AskedRevocation extends Pick<RevokeApiKey, 'reason' | 'requestedBy'> {
  readonly id: string;
  readonly context: CommandContext;
}

/** Ends a key. Asking twice for the same reason is asking once. @throws as {@link handleCommand}. */
export function revokeApiKey(
  dependencies: CommandDependencies,
  { id, reason, requestedBy, context }: AskedRevocation,
): Promise<CommandResult<ApiKeyState, ApiKeyRejection>> {
  const command = { kind: 'RevokeApiKey', reason, requestedBy, now: timestamp(dependencies.clock.now()) } as const;
  return handleCommand(apiKeyAggregate, dependencies, { id, command, context });
}
