// The thread that PGlite lives in: PostgreSQL's wire protocol in, its answers out. While a statement runs PGlite holds
// its thread, so that thread is not the one that serves requests.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';
import { describe } from './describe-wasm-error.ts';
import { createHousekeeping } from './embedded-housekeeping.ts';
import { joinBytes } from './join-bytes.ts';

/** Bytes of PostgreSQL's protocol, or the wish to close the files and end. */
export type WorkerRequest = Uint8Array<ArrayBuffer> | 'close';
export type WorkerAnswer = Uint8Array<ArrayBuffer> | 'ready' | { readonly complaint: string };

/**
 * For one session and little memory. The statements that PostgreSQL logs are not printed, because they hold payloads.
 * Pages need not be written whole into its own log: they can be torn only by the machine's end, after which the folder
 * is not used again.
 */
const settings = {
  shared_buffers: '32MB',
  work_mem: '8MB',
  maintenance_work_mem: '32MB',
  max_connections: '5',
  max_wal_size: '64MB',
  min_wal_size: '32MB',
  full_page_writes: 'off',
  jit: 'off',
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
};

const { folder } = workerData as { readonly folder: string };
const port = parentPort;
if (port === null) throw new Error('This module is the start of a thread');

const complaints: string[] = [];
const database = new PGlite({
  dataDir: folder,
  // Only unpacked until a statement needs them.
  extensions: { vector, pg_trgm },
  startParams: [
    ...PGlite.defaultStartParams,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ],
  onStderr: (line) => complaints.push(line) > 0,
});
try {
  await database.waitReady;
} catch (cause) {
  const reason = complaints.find((line) => /PANIC|FATAL/.test(line)) ?? describe(cause);
  throw new Error(`PostgreSQL does not start in ${folder}: ${reason}`, { cause });
}
complaints.length = 0;

const housekeeping = createHousekeeping(async (statement) => (await database.exec(statement)).at(-1)?.rows ?? []);

async function answer(request: Uint8Array): Promise<void> {
  const chunks: Uint8Array[] = [];
  await database.execProtocolRawStream(request, { onRawData: (bytes) => chunks.push(bytes.slice()) });
  const bytes = joinBytes(chunks);
  port?.postMessage(bytes satisfies WorkerAnswer, [bytes.buffer]);
  housekeeping.count(request.length);
  if (database.isInTransaction()) return;
  // It can wait: what stands in its way stands in the way of statements, too, and they report it.
  await housekeeping.doWhatIsDue().catch((error: unknown) => {
    port?.postMessage({ complaint: String(error) } satisfies WorkerAnswer);
  });
}

// One after the other: housekeeping must not come between the statements of a transaction.
let turn = Promise.resolve();
port.on('message', (request: WorkerRequest) => {
  turn = turn.then(async () => {
    if (request !== 'close') return answer(request);
    await database.close();
    process.exit(0);
  });
});
port.postMessage('ready' satisfies WorkerAnswer);
