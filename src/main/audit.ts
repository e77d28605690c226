import { writeFile } from 'node:fs/promises';
import { AuditKeyUnusable, auditKeyFileIn, readAuditKey } from '../adapters/audit-key/audit-key.ts';
import { formatVerifierKey, NOTE_SIGNATURE, signingKey } from '../application/transparency/keys.ts';
import type { ReceiptRequest } from '../cli/audit.ts';
import type { Config } from '../config/config.ts';
import { askSystem } from './ask-system.ts';
import { CannotStart } from './cannot-start.ts';

/** The verifier key of the log, alone, on standard output. */
export async function printVerifierKey({ auditKeyFile, auditOrigin, dataFolder }: Config): Promise<void> {
  const key = await readAuditKey(auditKeyFile ?? auditKeyFileIn(dataFolder)).catch((error: unknown) => {
    if (!(error instanceof AuditKeyUnusable)) throw error;
    const advice = auditKeyFile === null ? '; the role anchor makes it when EventOps starts' : '';
    throw new CannotStart(`${error.message}${advice}`, { cause: error });
  });
  process.stdout.write(`${formatVerifierKey(signingKey(auditOrigin, NOTE_SIGNATURE, key))}\n`);
}

/** A receipt as a file, which has to be new. */
export async function writeReceipt(config: Config, { id, file }: ReceiptRequest): Promise<void> {
  const receipt = `${JSON.stringify(await askSystem<object>(config, { path: `/v1/events/${id}/receipt` }))}\n`;
  if (file === null) {
    process.stdout.write(receipt);
    return;
  }
  await writeFile(file, receipt, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new CannotStart(`${file} is there already, and is not written over; name another file`, { cause: error });
  });
}
