/** What an `eventops.config.ts` imports. */
export type { HandlerLogger as Logger } from './application/ports/logger.ts';
export type { ReplayPermission } from './domain/event/commands.ts';
export {
  defineConfig,
  type EventOpsConfig,
  type HandlerContext,
  type HandlerDefinition,
  type HandlerEvent,
} from './worker/handlers/define-config.ts';
export { NonRetryableError } from './worker/handlers/non-retryable-error.ts';
