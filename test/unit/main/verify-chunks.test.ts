import { describe, expect, it } from 'vitest';
import { openStreamHeads } from '../../../src/adapters/stream-heads/open-stream-heads.ts';
import { receiptPieces } from '../../../src/api/receipts.ts';
import { createProver } from '../../../src/application/anchoring/prove-transitions.ts';
import { verifyChunks } from '../../../src/main/verify-chunks.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../../support/transparency/anchored-log.ts';
import { exported, policy } from '../../support/transparency/exported-log.ts';
import { createTreeInMemory } from '../../support/transparency/tree-in-memory.ts';

const MIB = 1024 * 1024;
const known = { policy, kept: [], openHeads: openStreamHeads };
const [log, tree] = [createInMemoryLog(), createTreeInMemory()];

async function* inChunks(text: string) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function receipt(): Promise<string> {
  await appendHistories(log, 0, 1);
  await followAndSign(anchorOf(log, tree), log);
  const prover = await createProver({ log, tree });
  if (prover === null) throw new Error('Nothing is signed');
  const pieces: string[] = [];
  const history = log.readPages(log.all[0]?.stream ?? '');
  for await (const piece of receiptPieces(history, prover, { seesPayloads: true })) pieces.push(piece);
  return pieces.join('');
}

describe('what is verified', () => {
  it('may be a receipt of 32 MiB, which is one line', async () => {
    const text = await receipt();
    const long = (bytes: number) => inChunks(text.slice(0, -1) + ' '.repeat(bytes) + text.slice(-1));
    expect(await verifyChunks(long(20 * MIB), known)).toMatchObject({ found: 0 });
    await expect(verifyChunks(long(33 * MIB), known)).rejects.toThrow('Line 1: is longer than 33554432 bytes');
  });

  it('has no line of more than 4 MiB behind the first one of an export', async () => {
    const [header = '', bundle = ''] = await exported(log, tree);
    const lines = inChunks(`${header}\n${bundle}${' '.repeat(5 * MIB)}\n`);
    await expect(verifyChunks(lines, known)).rejects.toThrow('Line 2: is longer than 4194304 bytes');
  });
});
