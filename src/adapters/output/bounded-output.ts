import { createBackoff } from '../../application/backoff.ts';
import { type ByteQueue, createByteQueue } from './byte-queue.ts';
import type { Descriptor } from './descriptor.ts';

export const outputLimits = {
  /** What is kept while nothing can be written, beside the one text that is being written. */
  queuedBytes: 1024 * 1024,
  /** Written at once, when much has been waiting. */
  chunkBytes: 64 * 1024,
  /** Between attempts while nothing can be written, twice as long each time. */
  firstRetryMs: 10,
  lastRetryMs: 1_000,
  /** For what is left when the process ends. */
  exitMs: 500,
} as const;
export type OutputLimits = { readonly [Name in keyof typeof outputLimits]: number };

export interface Output {
  /** Never waits and never fails. What there is no room for is dropped and counted. */
  write(text: string | Uint8Array): void;
  /** How many texts were dropped so far. */
  dropped(): number;
  /** Tries for a bounded time to write what is left: for the end of the process. */
  flushNow(): void;
}

export interface OutputOptions {
  readonly descriptor: Descriptor;
  /** What is written where texts are missing, once something can be written again. */
  readonly describeLoss: (droppedTexts: number) => string;
  readonly limits?: Partial<OutputLimits>;
}

/**
 * An output that can neither hold nor end the process, whatever its destination does: a full disk, a reader that stopped
 * or is gone. The first texts that cannot be written are kept and the later ones dropped, until all that were kept are
 * written, so that what is missing is missing in one place, which then says so.
 */
export function createOutput({ descriptor, describeLoss, limits }: OutputOptions): Output {
  const { queuedBytes, chunkBytes, firstRetryMs, lastRetryMs, exitMs } = { ...outputLimits, ...limits };
  const queue = createByteQueue(chunkBytes);
  let dropped = 0;
  let droppedInOne = 0;
  /** In the hands of a thread, which ends before the process does. */
  let bytesUnderWay = 0;
  let retry: NodeJS.Timeout | null = null;
  const backoff = createBackoff({ firstMs: firstRetryMs, longestMs: lastRetryMs });

  const reportLoss = () => {
    if (droppedInOne === 0 || queue.bytes() > 0) return;
    queue.add(Buffer.from(describeLoss(droppedInOne)));
    droppedInOne = 0;
  };
  const took = (bytes: number) => {
    queue.take(bytes);
    backoff.reset();
    reportLoss();
  };
  const retryLater = () => {
    retry = setTimeout(() => {
      retry = null;
      drain();
    }, backoff.next());
    retry.unref();
  };
  const drain = () => {
    while (queue.bytes() > 0 && bytesUnderWay === 0 && retry === null) {
      try {
        const chunk = queue.first();
        const written = descriptor.write(chunk);
        if (typeof written === 'number') took(written);
        else awaitWritten(written, chunk.length);
      } catch {
        retryLater();
      }
    }
  };
  const awaitWritten = (written: Promise<number>, bytes: number) => {
    bytesUnderWay = bytes;
    const ended = (next: () => void) => {
      bytesUnderWay = 0;
      next();
      drain();
    };
    written.then(
      (count) => ended(() => took(count)),
      () => ended(retryLater),
    );
  };

  return {
    write: (text) => {
      const bytes = Buffer.from(text);
      const isFull = droppedInOne > 0 || (queue.bytes() > 0 && queue.bytes() + bytes.length > queuedBytes);
      if (isFull) {
        dropped++;
        droppedInOne++;
      } else queue.add(bytes);
      drain();
    },
    dropped: () => dropped,
    flushNow: () => {
      queue.take(bytesUnderWay);
      flushWithin(exitMs, { descriptor, queue, took });
    },
  };
}

const aMoment = new Int32Array(new SharedArrayBuffer(4));

interface Rest {
  readonly descriptor: Descriptor;
  readonly queue: ByteQueue;
  readonly took: (bytes: number) => void;
}

function flushWithin(timeMs: number, { descriptor, queue, took }: Rest): void {
  const endsAt = performance.now() + timeMs;
  while (queue.bytes() > 0 && performance.now() < endsAt) {
    try {
      took(descriptor.writeNow(queue.first()));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(aMoment, 0, 0, 10);
    }
  }
}
