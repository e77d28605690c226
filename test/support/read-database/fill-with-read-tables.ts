import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { copyEmptyTables } from '../../../src/adapters/postgres/embedded-template.ts';
import { silentLogger } from '../worker/silent-logger.ts';

/** Of which TypeScript knows in browsers only. */
declare const WebAssembly: { compile(code: Uint8Array): Promise<object> };

const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite');
let compiled: Promise<object> | null = null;

/**
 * Empty tables, for this process to open. While it has one module of PGlite's code, V8 takes what it compiled for every
 * other one; each thread that opens a database would compile the 9 MB again, which is a third of what opening takes.
 */
export async function fillWithReadTables(folder: string): Promise<void> {
  compiled ??= WebAssembly.compile(readFileSync(join(dirname(pglite), 'pglite.wasm')));
  await compiled;
  await copyEmptyTables(folder, silentLogger);
}
