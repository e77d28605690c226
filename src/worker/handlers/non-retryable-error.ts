/**
 * Thrown by a handler when another attempt cannot help: the event goes straight to the dead letters. Any error with
 * `retryable: false` does the same.
 */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
  readonly retryable = false;
}
