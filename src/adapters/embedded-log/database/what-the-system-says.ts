import { accessSync, closeSync, constants, existsSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { sqliteErrorKind } from './sqlite-error.ts';

/**
 * The system's name for what keeps a file from use, such as `ENOSPC`. SQLite says that an access failed, and hardly ever
 * why, so the file system itself is asked. `null` where the failure is none of the file system's.
 */
export function whatTheSystemSays(error: unknown, path: string): string | null {
  if (error instanceof Error && 'syscall' in error && 'code' in error) return String(error.code);
  switch (sqliteErrorKind(error)) {
    case 'full':
      return 'ENOSPC';
    case 'io':
      return obstacleTo(path) ?? 'EIO';
    case 'readonly':
    case 'cannot-open':
      return obstacleTo(path);
    default:
      return null;
  }
}

function obstacleTo(path: string): string | null {
  try {
    if (existsSync(path)) closeSync(openSync(path, 'r+'));
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    return statfsSync(dirname(path)).bavail === 0 ? 'ENOSPC' : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? null;
  }
}
