import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { openStreamHeads } from '../adapters/stream-heads/open-stream-heads.ts';
import { Malformed, NotTrusted } from '../application/transparency/failures.ts';
import { parseVerifierKey } from '../application/transparency/keys.ts';
import { type Policy, parsePolicy, policyOfKey } from '../application/transparency/policies.ts';
import { type VerifiedCheckpoint, verifyCheckpoint } from '../application/transparency/verify-checkpoint.ts';
import type { AuditVerifyRequest } from '../cli/audit.ts';
import type { Config } from '../config/config.ts';
import { adviceOnFiles } from './advice-on-files.ts';
import { openAnswer } from './ask-system.ts';
import { CannotStart } from './cannot-start.ts';
import { plain } from './terminal-text.ts';
import { verifyChunks } from './verify-chunks.ts';
import { verifySystem } from './verify-system.ts';

const LONGEST_FINDING = 1_000;
/** Each piece is waited for. */
const PIECE_BYTES = 1024 * 1024;

/** @returns what the command ends with: 0 all of it holds, 1 it does not, 2 that could not be found out. */
export async function verifyAudit(config: Config, request: AuditVerifyRequest): Promise<0 | 1 | 2> {
  const { target } = request;
  const print = (text: string) => process.stdout.write(`${plain(text, LONGEST_FINDING)}\n`);
  try {
    const policy = await policyOf(request);
    const kept = await Promise.all(request.checkpoints.map((file) => keptIn(file, policy)));
    const known = { policy, kept, openHeads: openStreamHeads };
    const { findings, found, summary, unchecked } = /^https?:\/\//.test(target)
      ? await verifySystem((path) => openAnswer(config, path, { at: target }), known)
      : await verifyChunks(
          target === '-' ? process.stdin : createReadStream(target, { highWaterMark: PIECE_BYTES }),
          known,
        );
    for (const finding of findings) print(`INVALID  ${finding}`);
    if (found > findings.length) print(`INVALID  and ${found - findings.length} more`);
    if (found > 0) {
      print(`${target}: ${summary}; ${found} not as signed`);
      return 1;
    }
    if (unchecked.length > 0) {
      process.stderr.write(
        `It is not shown that the log still begins with the checkpoint of ${unchecked.join(', ')}: export it again with --checkpoint\n`,
      );
      return 2;
    }
    print(`VALID    ${target}: ${summary}`);
    return 0;
  } catch (error) {
    if (error instanceof Malformed || error instanceof NotTrusted) {
      print(`INVALID  ${error.message}`);
      print(`${target}: nothing of it is to be believed`);
      return 1;
    }
    process.stderr.write(`${plain(adviceOnFiles(error) ?? (error as Error).message, LONGEST_FINDING)}\n`);
    return 2;
  }
}

/** @throws {CannotStart} What is asked for is wrong, and not what is verified. */
async function policyOf({ policy, key }: AuditVerifyRequest): Promise<Policy> {
  if (policy === undefined && key === undefined)
    throw new CannotStart('--policy or --key: missing; without a key of the log nothing can be verified');
  try {
    return policy === undefined
      ? policyOfKey(parseVerifierKey(key ?? ''))
      : parsePolicy(await readFile(policy, 'utf8'));
  } catch (error) {
    throw new CannotStart(`${policy === undefined ? '--key' : policy}: ${(error as Error).message}`, { cause: error });
  }
}

/** Signed by the log, whoever has cosigned it: it was kept by who verifies. */
async function keptIn(file: string, { logs }: Policy): Promise<VerifiedCheckpoint> {
  const note = await readFile(file, 'utf8');
  return verifyCheckpoint(note, { logs, witnesses: [], quorum: { kind: 'none' } });
}
