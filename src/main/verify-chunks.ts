import { EXPORT_FORMAT } from '../application/audit-export/format.ts';
import { createExportVerifier, type ExportVerdict } from '../application/audit-export/verify-export.ts';
import type { StreamHeads } from '../application/ports/stream-heads.ts';
import { parseEntry } from '../application/transparency/entries.ts';
import { Malformed, NotTrusted } from '../application/transparency/failures.ts';
import { leafHash } from '../application/transparency/hashing.ts';
import type { Policy } from '../application/transparency/policies.ts';
import { parseProofFile } from '../application/transparency/proof-files.ts';
import { verifyReceipt } from '../application/transparency/receipts.ts';
import { type VerifiedCheckpoint, verifyCheckpoint } from '../application/transparency/verify-checkpoint.ts';
import { isIncluded } from '../application/transparency/verify-proofs.ts';
import { readLines } from './read-lines.ts';

/** Of a proof or a receipt, which are read as a whole. */
const LONGEST_TEXT = 32 * 1024 * 1024;

export interface Known {
  readonly policy: Policy;
  readonly kept: readonly VerifiedCheckpoint[];
  readonly openHeads: () => StreamHeads;
}

export interface Verification {
  readonly findings: readonly string[];
  readonly found: number;
  readonly summary: string;
  /** Sizes of kept checkpoints that could not be held against it. */
  readonly unchecked: readonly number[];
}

/** Whatever it is of what auditors are given. @throws {Malformed} {NotTrusted} */
export async function verifyChunks(chunks: AsyncIterable<Uint8Array>, known: Known): Promise<Verification> {
  const lines = readLines(chunks, LONGEST_TEXT);
  const first = (await lines.next()).value ?? '';
  if (first.startsWith(`{"format":"${EXPORT_FORMAT}"`)) return verifyExport(first, lines, known);
  return verifyText(await textOf(first, lines), known);
}

async function verifyExport(
  first: string,
  rest: AsyncIterable<string>,
  { policy, kept, openHeads }: Known,
): Promise<Verification> {
  const heads = openHeads();
  try {
    const verifier = createExportVerifier(policy, heads, kept);
    verifier.line(first);
    for await (const line of rest) verifier.line(line);
    const verdict = verifier.end();
    const { findings, findingsCount, uncheckedSizes } = verdict;
    return { findings, found: findingsCount, summary: summaryOf(verdict), unchecked: uncheckedSizes };
  } finally {
    heads.close();
  }
}

function summaryOf({ header, checkpoint, transitions, leftOut }: ExportVerdict): string {
  const { from, to, treeSize, payloads } = header;
  const leaves = from === to ? 'no leaf' : `leaves ${from} to ${to - 1}`;
  const left = leftOut === 0 ? '' : `, ${leftOut} left out by its filter, of which there are hashes`;
  const withheld = payloads ? '' : ', without what clients sent, of which there are hashes';
  return `${leaves} of the ${treeSize} in ${checkpoint.origin}: ${transitions} transitions${left}${withheld}; ${signersOf(checkpoint)}`;
}

function signersOf({ size, cosignatures }: VerifiedCheckpoint): string {
  const by = cosignatures.map(
    ({ key, atSeconds }) => `${key.name} at ${new Date((atSeconds ?? 0) * 1_000).toISOString()}`,
  );
  return `checkpoint of ${size}, ${by.length === 0 ? 'cosigned by no witness of the policy' : `cosigned by ${by.join(', ')}`}`;
}

async function textOf(first: string, rest: AsyncIterable<string>): Promise<string> {
  const lines = [first];
  let length = first.length;
  for await (const line of rest) {
    lines.push(line);
    length += line.length + 1;
    if (length > LONGEST_TEXT) throw unknown();
  }
  return `${lines.join('\n')}\n`;
}

const unknown = () => new Malformed('The file', 'is not an export, a receipt or a proof that EventOps gave out');

function verifyText(text: string, { policy, kept }: Pick<Known, 'policy' | 'kept'>): Verification {
  if (text.trimStart().startsWith('{')) return receiptIn(text, { policy, kept });
  if (!text.startsWith('c2sp.org/tlog-proof@')) throw unknown();
  const { extra, index, proof, checkpoint: note } = parseProofFile(text);
  const checkpoint = verifyCheckpoint(note, policy);
  if (extra === null)
    throw new Malformed('The proof', 'does not say what it proves: it has no extra line with the entry');
  const entry = parseEntry(extra.toString());
  const named = `${entry.stream}, revision ${entry.revision} (leaf ${index})`;
  if (entry.index !== index || !isIncluded(leafHash(extra), index, checkpoint, proof))
    throw new NotTrusted(`${named}: the proof does not lead to the root that was signed`);
  const summary = `${named} has the hash ${entry.hash}, in ${checkpoint.origin}; ${signersOf(checkpoint)}`;
  return { findings: [], found: 0, summary, unchecked: kept.map(({ size }) => size) };
}

function receiptIn(text: string, { policy, kept }: Pick<Known, 'policy' | 'kept'>): Verification {
  const { stream, upToRevision, newestRevision, checkpoint } = verifyReceipt(text, policy);
  const later = newestRevision > upToRevision ? `, and is said to have gone on to ${newestRevision}` : '';
  const summary = `${stream} up to revision ${upToRevision}${later}, in ${checkpoint.origin}; ${signersOf(checkpoint)}`;
  return { findings: [], found: 0, summary, unchecked: kept.map(({ size }) => size) };
}
