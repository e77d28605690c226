/** Whether a subscription with these prefixes follows a stream. Without prefixes it follows every stream. */
export const isFollowed = (stream: string, prefixes: readonly string[] | undefined): boolean =>
  prefixes === undefined || prefixes.some((prefix) => stream.startsWith(prefix));
