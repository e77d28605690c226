import type { Clock } from '../ports/clock.ts';
import type { WitnessStore } from '../ports/witness-store.ts';
import { type AddCheckpoint, parseAddCheckpoint } from '../transparency/add-checkpoint.ts';
import { type CheckpointText, parseCheckpoint } from '../transparency/checkpoints.ts';
import { Malformed, NotTrusted } from '../transparency/failures.ts';
import { EMPTY_ROOT } from '../transparency/hashing.ts';
import type { SigningKey, VerifierKey } from '../transparency/keys.ts';
import { formatNote, formatSignatureLine, type Note, parseNote } from '../transparency/notes.ts';
import { signatureLine, verifySignatures } from '../transparency/signatures.ts';
import { isConsistent } from '../transparency/verify-proofs.ts';

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  readonly body: string;
}

export interface Witness {
  /** `POST add-checkpoint` of C2SP tlog-witness, as its main branch had it at 5ba5ee8. What it cosigns is stored before. */
  addCheckpoint(request: string): WitnessAnswer;
}

interface WitnessOptions {
  /** For cosignatures. */
  readonly key: SigningKey;
  /** Of the logs that it watches; each by the name of its key, which is the origin. */
  readonly logs: readonly VerifierKey[];
  readonly store: WitnessStore;
  readonly clock: Pick<Clock, 'now'>;
}

const answered = (status: WitnessAnswer['status'], body: string): WitnessAnswer => ({
  ...{ status, body },
  type: 'text/plain; charset=utf-8',
});

/** Cosigns checkpoints that are consistent with all that it cosigned before, and nothing else. */
export function createWitness({ key, logs, store, clock }: WitnessOptions): Witness {
  function answer(request: AddCheckpoint): WitnessAnswer {
    const { oldSize, proof } = request;
    const note = parseNote(request.checkpoint);
    const checkpoint = parseCheckpoint(note.text);
    const { origin, size } = checkpoint;
    const keys = logs.filter(({ name }) => name === origin);
    if (keys.length === 0) return answered(404, `The log ${origin} is not one that this witness watches.\n`);
    const verified = verifySignatures(note, keys);
    if (verified.length === 0) return answered(403, `No signature is by a key that is known for ${origin}.\n`);
    if (oldSize > size) return answered(400, `The old size ${oldSize} is above the size of the checkpoint, ${size}.\n`);
    const latest = store.latest(origin);
    if (oldSize !== (latest?.size ?? 0)) return conflict(latest?.size ?? 0);
    const problem = inconsistencyOf(checkpoint, latest?.rootHash ?? null, { oldSize, proof });
    if (problem !== null) return answered(422, `${problem}\n`);
    const line = signatureLine(key, note.text, Math.floor(clock.now() / 1_000));
    const cosigned = { size, rootHash: checkpoint.root.toString('base64'), note: noteWith(note, keys, line) };
    return store.replace(origin, oldSize, cosigned) ? answered(200, line) : conflict(store.latest(origin)?.size ?? 0);
  }

  return {
    addCheckpoint(text) {
      try {
        return answer(parseAddCheckpoint(text));
      } catch (error) {
        if (error instanceof NotTrusted) return answered(403, `${error.message}.\n`);
        if (error instanceof Malformed) return answered(400, `${error.message}.\n`);
        throw error;
      }
    },
  };
}

const conflict = (size: number): WitnessAnswer => ({ status: 409, type: 'text/x.tlog.size', body: `${size}\n` });

function inconsistencyOf(
  { size, root }: CheckpointText,
  knownRoot: string | null,
  { oldSize, proof }: Pick<AddCheckpoint, 'oldSize' | 'proof'>,
): string | null {
  if (size === 0 && !root.equals(EMPTY_ROOT)) return 'A tree without leaves has another root.';
  const old = { size: oldSize, root: knownRoot === null ? EMPTY_ROOT : Buffer.from(knownRoot, 'base64') };
  if (isConsistent(old, { size, root }, proof)) return null;
  return oldSize === size
    ? `Another root was cosigned for ${size} leaves, or there is a proof where none is needed.`
    : `The proof does not show that ${size} leaves begin with the ${oldSize} that were cosigned.`;
}

/** Signatures of others are left out: anyone could have added them. */
const noteWith = ({ text, signatures }: Note, keys: readonly VerifierKey[], cosignature: string) =>
  formatNote(text, [
    ...signatures
      .filter(({ name, keyId }) => keys.some((known) => known.name === name && known.id === keyId))
      .map(({ name, keyId, signature }) => formatSignatureLine({ name, id: keyId }, signature)),
    cosignature,
  ]);
