import { OutboundFailed, OutboundRefused } from '../failures.ts';
import { LlmFailed } from '../ports/llm-client.ts';

/**
 * Why a model gave no answer. Where it answered with a status without the library's message, which quotes what the server said,
 * and that may be anything; else with the cause, which the guarded client knows best.
 */
export function failureOfModel(error: unknown, status: number | undefined): LlmFailed {
  if (error instanceof LlmFailed) return error;
  if (status !== undefined)
    return new LlmFailed(`it answers ${status}`, { retryable: status === 429 || status >= 500 });
  const cause = ofGuard(error) ?? error;
  if (cause instanceof OutboundRefused)
    return new LlmFailed('the settings name a server that may not be asked', { retryable: false, cause });
  return new LlmFailed('no usable answer', { retryable: true, cause });
}

/** Libraries wrap what a `fetch` throws. */
function ofGuard(error: unknown): Error | null {
  if (error instanceof OutboundFailed || error instanceof OutboundRefused) return error;
  return error instanceof Error ? ofGuard(error.cause) : null;
}
