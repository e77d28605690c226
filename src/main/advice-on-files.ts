import { adviceOn } from '../application/advice-on-files.ts';

/**
 * What the file system refused, with what to do, and the path where the system names it; `null` for every other error.
 * Whatever is not translated closer to where it happens comes here.
 */
export function adviceOnFiles(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  return `EventOps cannot go on: ${error.message}. What to do: ${adviceOn(String(error.code))}`;
}
