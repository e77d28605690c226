import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { OutboundHttp } from '../ports/outbound-http.ts';
import type { LastSigned, TreeReader } from '../ports/tree-store.ts';
import { kindOf } from '../repeating-report.ts';
import type { VerifierKey } from '../transparency/keys.ts';
import { parseSignatureLines } from '../transparency/notes.ts';
import type { Anchor } from './anchor.ts';
import { askWitness, type KnownWitness } from './ask-witness.ts';

/** How soon a witness is asked again that has not cosigned. A newer checkpoint is sent at once. */
export const ASK_AGAIN_MS = 10_000;

export interface CosigningOptions {
  readonly anchor: Pick<Anchor, 'signed' | 'keepCosignature'>;
  readonly tree: Pick<TreeReader, 'read'>;
  readonly witnesses: readonly KnownWitness[];
  readonly http: Pick<OutboundHttp, 'post'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each checkpoint that a witness cosigned. */
  readonly onCosigned?: ((witness: string, size: number) => void) | undefined;
}

export interface Cosigning {
  start(): void;
  /** Resolves when no request is in progress. */
  stop(): Promise<void>;
  checkpointSigned(): void;
  /** Which witnesses do not cosign, and why; `null` when all do. */
  notice(): string | null;
}

/**
 * Has each witness cosign the newest checkpoint, one request at a time for each, beside the signing: that waits for none
 * of them, and a checkpoint that was followed by another meanwhile is passed over.
 */
export function createCosigning(options: CosigningOptions): Cosigning {
  const { anchor, witnesses, clock, logger, onCosigned } = options;
  const stopping = new AbortController();
  const asking = { ...options, signal: stopping.signal };
  let nextCheckpoint = new AbortController();
  const failures = new Map<VerifierKey, { readonly kind: string; readonly message: string }>();
  let running: Promise<unknown> = Promise.resolve();

  function failed({ key }: KnownWitness, error: unknown): void {
    const failure = { kind: kindOf(error), message: error instanceof Error ? error.message : String(error) };
    if (failures.get(key)?.kind !== failure.kind)
      logger.warn(
        { witness: key.name, err: error },
        'a witness does not cosign; it is asked again, and signing goes on',
      );
    failures.set(key, failure);
  }

  async function follow(witness: KnownWitness): Promise<void> {
    const { key } = witness;
    let heldSize = 0;
    let notKept: string | null = null;

    /** A failure of our own store, and none of the witness: it is asked again, and answers the same. */
    async function keep(size: number, line: string): Promise<void> {
      try {
        await anchor.keepCosignature(size, line);
        notKept = null;
      } catch (error) {
        if (notKept !== kindOf(error))
          logger.warn({ witness: key.name, err: error }, 'a cosignature could not be kept; the witness is asked again');
        notKept = kindOf(error);
      }
    }

    while (!stopping.signal.aborted) {
      const signed = anchor.signed();
      const size = signed?.checkpoint.size ?? 0;
      if (signed !== null && !isCosignedBy(key, signed))
        try {
          const line = await askWitness(witness, signed.checkpoint, heldSize, asking);
          heldSize = size;
          onCosigned?.(key.name, size);
          if (failures.delete(key)) logger.info({ witness: key.name }, 'a witness cosigns again');
          await keep(size, line);
        } catch (error) {
          if (stopping.signal.aborted) return;
          // A witness that was put back holds less than it did: it is asked what.
          heldSize = 0;
          failed(witness, error);
        }
      if ((anchor.signed()?.checkpoint.size ?? 0) === size) await clock.sleep(ASK_AGAIN_MS, nextCheckpoint.signal);
    }
  }

  return {
    start() {
      running = Promise.all(witnesses.map(follow));
    },
    async stop() {
      stopping.abort();
      nextCheckpoint.abort();
      await running;
    },
    checkpointSigned() {
      nextCheckpoint.abort();
      if (!stopping.signal.aborted) nextCheckpoint = new AbortController();
    },
    notice: () =>
      failures.size === 0
        ? null
        : [...failures].map(([{ name }, { message }]) => `${name} does not cosign: ${message}`).join('; '),
  };
}

const isCosignedBy = ({ name, id }: VerifierKey, { cosignatures = [] }: LastSigned) =>
  parseSignatureLines(cosignatures.join('')).some((line) => line.name === name && line.keyId === id);
