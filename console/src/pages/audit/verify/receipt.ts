import { canonicalJson } from '../../../../../src/application/canonical-json.ts';
import { type Bytes, NotVerified, sha256OfText, utf8 } from './bytes.ts';
import { type Checkpoint, readHash, readSize, verifyCheckpoint } from './checkpoint.ts';
import { isIncluded } from './inclusion.ts';
import { readKey } from './key.ts';

/** What a receipt shows: that each transition of a history up to a revision is under a checkpoint, unchanged. */
export interface VerifiedReceipt {
  readonly stream: string;
  readonly upToRevision: number;
  /** As the receipt says; nothing vouches for it. */
  readonly newestRevision: number;
  readonly checkpoint: Checkpoint;
}

type Item = Readonly<Record<string, unknown>>;

const SHA256 = /^[0-9a-f]{64}$/;
const FIRST_PREV_HASH = '0'.repeat(64);

/** By the rule in docs/audit.md, with nothing but the key of the log. @throws {NotVerified} naming the revision */
export async function verifyReceipt(text: string, keyText: string): Promise<VerifiedReceipt> {
  const key = await readKey(keyText);
  const { items, newestRevision } = readReceipt(text);
  const checkpointOf = remembering((note) => verifyCheckpoint(note, key));
  const stream = String(items[0]?.['stream']);
  let prevHash = FIRST_PREV_HASH;
  let checkpoint: Checkpoint | null = null;
  for (const [at, item] of items.entries()) {
    try {
      if (item['stream'] !== stream || item['revision'] !== at || item['prevHash'] !== prevHash)
        throw new NotVerified('it is not what follows the transition before it');
      prevHash = await verifiedHash(item);
      checkpoint = await verifyProof(item, prevHash, checkpointOf);
    } catch (error) {
      throw new NotVerified(`${stream}, revision ${at}: ${(error as Error).message}`);
    }
  }
  if (checkpoint === null) throw new NotVerified('The receipt has no items');
  return { stream, upToRevision: items.length - 1, newestRevision, checkpoint };
}

/** As docs/histories.md has it. */
async function verifiedHash({ proof: _, hash: stated, data, dataSha256, ...envelope }: Item): Promise<string> {
  const hashOfData = dataSha256 ?? (await sha256OfText(canonicalJson(data)));
  const computed = await sha256OfText(canonicalJson({ ...envelope, dataSha256: hashOfData }));
  if (computed !== stated) throw new NotVerified(`it has the hash ${computed}, and not the one that it states`);
  return computed;
}

/** C2SP tlog-proof: the entry of this transition is in the tree of a checkpoint that the log has signed. */
async function verifyProof(
  { stream, revision, proof }: Item,
  hash: string,
  checkpointOf: (note: string) => Promise<Checkpoint>,
): Promise<Checkpoint> {
  const text = String(proof);
  const end = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(0, end)).split('\n');
  if (first !== 'c2sp.org/tlog-proof@v1') throw new NotVerified('its proof is no c2sp.org/tlog-proof@v1');
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const index = readSize(/^index (.*)$/.exec(lines.shift() ?? '')?.[1] ?? '', 'the index in its proof');
  const hashes: readonly Bytes[] = lines.map((line) => readHash(line, 'a hash in its proof'));
  const checkpoint = await checkpointOf(text.slice(end + 2));
  const entry = canonicalJson({ hash, index, revision, stream });
  if (!(await isIncluded(utf8(entry), index, checkpoint, hashes)))
    throw new NotVerified('its proof does not lead to the root in the checkpoint');
  return checkpoint;
}

function readReceipt(text: string): { readonly items: readonly Item[]; readonly newestRevision: number } {
  let read: { format?: unknown; items?: unknown; newestRevision?: unknown };
  try {
    read = Object(JSON.parse(text));
  } catch {
    throw new NotVerified('The receipt is not JSON');
  }
  const { format, items, newestRevision } = read;
  if (format !== 'eventops-receipt@v1')
    throw new NotVerified('This is no receipt: its format is not eventops-receipt@v1');
  if (!Array.isArray(items) || items.length === 0 || !items.every(isItem))
    throw new NotVerified('The receipt has no items, or one that is not a transition with a proof');
  if (!Number.isSafeInteger(newestRevision) || Number(newestRevision) < items.length - 1)
    throw new NotVerified('The receipt has no newestRevision that its items reach up to');
  return { items, newestRevision: Number(newestRevision) };
}

/** It has its data, or what stands for them, and not both. */
function isItem(item: unknown): boolean {
  const { hash, data, dataSha256, proof } = Object(item) as Item;
  const isHash = (value: unknown) => typeof value === 'string' && SHA256.test(value);
  const hasHashes = isHash(hash) && (dataSha256 === undefined || isHash(dataSha256));
  return hasHashes && typeof proof === 'string' && (data === undefined) !== (dataSha256 === undefined);
}

/** All proofs of a receipt end in one checkpoint. */
function remembering(check: (note: string) => Promise<Checkpoint>): (note: string) => Promise<Checkpoint> {
  let known: { readonly note: string; readonly checkpoint: Checkpoint } | null = null;
  return async (note) => {
    if (known?.note !== note) known = { note, checkpoint: await check(note) };
    return known.checkpoint;
  };
}
