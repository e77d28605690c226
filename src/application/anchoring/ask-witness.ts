import type { AuditTreeState } from '../../domain/audit-tree/state.ts';
import type { OutboundAnswer, OutboundHttp } from '../ports/outbound-http.ts';
import type { TreeReader } from '../ports/tree-store.ts';
import { formatAddCheckpoint } from '../transparency/add-checkpoint.ts';
import type { VerifierKey } from '../transparency/keys.ts';
import { makeConsistencyProof } from '../transparency/make-proofs.ts';
import { formatSignatureLine, parseNote, parseSignatureLines } from '../transparency/notes.ts';
import { verifySignatures } from '../transparency/signatures.ts';
import { readingTiles } from '../transparency/tiles.ts';
import { parseSize } from '../transparency/tree-size.ts';
import { WitnessRefused } from './failures.ts';
import { readTileUnder } from './signed-tree.ts';

export interface KnownWitness {
  /** That it cosigns with. */
  readonly key: VerifierKey;
  /** Where it is asked: `<prefix>/add-checkpoint`. */
  readonly url: URL;
}

interface Asking {
  readonly http: Pick<OutboundHttp, 'post'>;
  readonly tree: Pick<TreeReader, 'read'>;
  readonly signal: AbortSignal;
}

/**
 * Has a witness cosign a checkpoint (C2SP tlog-witness), and returns its line. `heldSize` is what it is known to have
 * cosigned last, 0 when that is not known: then it says so.
 * @throws {WitnessRefused} {@link Malformed} {@link NotTrusted} {@link OutboundFailed} {@link AuditTreeUnavailable}
 */
export async function askWitness(
  { key, url }: KnownWitness,
  { size, note }: AuditTreeState,
  heldSize: number,
  { http, tree, signal }: Asking,
): Promise<string> {
  const ask = async (oldSize: number) => {
    const reading = readingTiles(size, (name) => readTileUnder(size, tree, name));
    const proof = await makeConsistencyProof(oldSize, size, reading);
    const body = formatAddCheckpoint({ oldSize, proof, checkpoint: note });
    return http.post(url, { headers: { 'content-type': 'text/plain; charset=utf-8', accept: '*/*' }, body, signal });
  };

  const first = await ask(heldSize);
  if (first.status !== 409) return cosignatureIn(first, note, key);
  const held = sizeIn(first);
  if (held > size)
    throw new WitnessRefused(
      `${key.name} has cosigned ${held} transitions, and this log has signed ${size}: it was restored, or its key is used elsewhere`,
    );
  if (held === heldSize)
    throw new WitnessRefused(`${key.name} has cosigned another root for the ${held} transitions that it holds`);
  return cosignatureIn(await ask(held), note, key);
}

/** What a witness holds, by its answer 409. @throws {Malformed} */
const sizeIn = ({ body }: OutboundAnswer) => parseSize(body.replace(/\n$/, ''), 'The size in the answer 409');

function cosignatureIn({ status, body }: OutboundAnswer, note: string, key: VerifierKey): string {
  if (status !== 200)
    throw new WitnessRefused(`${key.name} answered with ${status} ${JSON.stringify(body.slice(0, 200).trim())}`);
  const signatures = parseSignatureLines(body);
  verifySignatures({ text: parseNote(note).text, signatures }, [key]);
  const own = signatures.find(({ name, keyId }) => name === key.name && keyId === key.id);
  if (own === undefined) throw new WitnessRefused(`${key.name} answered without a cosignature by its key`);
  return formatSignatureLine(key, own.signature);
}
