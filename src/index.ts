/** What an `eventops.config.ts` imports. */
export type { Logger } from './application/ports/logger.ts';
export {
  defineConfig,
  type EventOpsConfig,
  type HandlerContext,
  type HandlerDefinition,
  type HandlerEvent,
  type ReplayPermission,
} from './worker/handlers/define-config.ts';
export { NonRetryableError } from './worker/handlers/non-retryable-error.ts';
