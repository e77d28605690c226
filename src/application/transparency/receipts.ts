import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { FIRST_PREV_HASH } from '../envelope.ts';
import { formatEntry } from './entries.ts';
import { Malformed, NotTrusted } from './failures.ts';
import { leafHash } from './hashing.ts';
import type { Policy } from './policies.ts';
import { parseProofFile } from './proof-files.ts';
import { type VerifiedCheckpoint, verifyCheckpoint } from './verify-checkpoint.ts';
import { isIncluded } from './verify-proofs.ts';

export const RECEIPT_FORMAT = 'eventops-receipt@v1';

/** What a receipt shows of a history: that each of its transitions up to a revision is under a checkpoint, unchanged. */
export interface VerifiedReceipt {
  readonly stream: string;
  /** The last revision that it shows. */
  readonly upToRevision: number;
  /** The last that the history had when the receipt was made, as the receipt says: nothing vouches for it. */
  readonly newestRevision: number;
  readonly checkpoint: VerifiedCheckpoint;
}

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Checks a receipt with nothing but a policy: docs/audit.md has its format.
 * @throws {Malformed} {@link NotTrusted} naming stream and revision
 */
export function verifyReceipt(text: string, policy: Policy): VerifiedReceipt {
  const { items, newestRevision } = parseReceipt(text);
  const checkpointOf = remembering((note) => verifyCheckpoint(note, policy));
  let [stream, prevHash] = ['', FIRST_PREV_HASH];
  let checkpoint: VerifiedCheckpoint | null = null;
  for (const [at, item] of items.entries()) {
    const { proof, hash: stated, data, dataSha256, ...envelope } = item;
    if (at === 0) stream = String(envelope['stream']);
    const what = `${stream}, revision ${at}`;
    const isNext = envelope['stream'] === stream && envelope['revision'] === at && envelope['prevHash'] === prevHash;
    if (!isNext) throw new NotTrusted(`${what}: is not what follows the transition before it`);
    const hashed = within(what, () => hashOf({ ...envelope, dataSha256: dataSha256 ?? sha256(canonicalJson(data)) }));
    if (hashed !== stated) throw new NotTrusted(`${what}: has the hash ${hashed}, and not the one that it states`);
    const file = within(what, () => parseProofFile(String(proof)));
    checkpoint = within(what, () => checkpointOf(file.checkpoint));
    const entry = formatEntry({ index: file.index, stream, revision: at, hash: hashed });
    if (!isIncluded(leafHash(Buffer.from(entry)), file.index, checkpoint, file.proof))
      throw new NotTrusted(`${what}: the proof does not lead to the root in the checkpoint`);
    prevHash = hashed;
  }
  return { stream, upToRevision: items.length - 1, newestRevision, checkpoint: checkpoint as VerifiedCheckpoint };
}

interface Receipt {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly newestRevision: number;
}

function parseReceipt(text: string): Receipt {
  const { format, items, newestRevision } = parsed(text);
  if (format !== RECEIPT_FORMAT)
    throw new Malformed('The receipt', `is not a JSON object with the format ${RECEIPT_FORMAT}`);
  if (!Array.isArray(items) || items.length === 0 || !items.every(isItem))
    throw new Malformed('The receipt', 'has no items, or one that is not a transition with a proof');
  if (!Number.isSafeInteger(newestRevision) || newestRevision < items.length - 1)
    throw new Malformed('The receipt', 'has no newestRevision that its items reach up to');
  return { items, newestRevision };
}

function parsed(text: string) {
  try {
    return Object(JSON.parse(text)) as { format?: unknown; items?: unknown; newestRevision: number };
  } catch {
    throw new Malformed('The receipt', 'is not JSON');
  }
}

/** It has its data, or what stands for them, and not both. */
const isItem = (item: unknown): boolean => {
  const { hash: stated, data, dataSha256, proof } = Object(item);
  const hasHashes = SHA256.test(String(stated)) && (dataSha256 === undefined || SHA256.test(String(dataSha256)));
  return hasHashes && typeof proof === 'string' && (data === undefined) !== (dataSha256 === undefined);
};

const sha256 = (text: string) => hash('sha256', text, 'hex');
const hashOf = (envelope: Readonly<Record<string, unknown>>) => sha256(canonicalJson(envelope));

function within<Result>(what: string, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (error instanceof NotTrusted) throw new NotTrusted(`${what}: ${error.message}`, { cause: error });
    // What is nested too deeply, for one, has no canonical form here.
    throw new Malformed(what, (error as Error).message);
  }
}

/** All proofs of a receipt end in one checkpoint. */
function remembering<Result>(check: (text: string) => Result): (text: string) => Result {
  let known: { readonly text: string; readonly result: Result } | null = null;
  return (text) => {
    if (known?.text !== text) known = { text, result: check(text) };
    return known.result;
  };
}
