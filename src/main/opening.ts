/** What closes the thing that was opened last. */
export type Defer = (close: () => PromiseLike<void> | void) => void;

/**
 * Opens things one after the other and gives back what closes them all, in reverse order. When a later one fails, those
 * before it are closed.
 */
export async function opening<Opened>(
  open: (defer: Defer) => Promise<Opened>,
): Promise<Opened & { close(): Promise<void> }> {
  const stack = new AsyncDisposableStack();
  try {
    const opened = await open((close) => stack.defer(async () => close()));
    return { ...opened, close: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
