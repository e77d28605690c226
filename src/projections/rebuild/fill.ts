import type {
  Checkpoint,
  EventReader,
  RecordedTransition,
  SubscribeOptions,
} from '../../application/ports/event-log.ts';
import type { Projector } from '../projector.ts';

export const fillLimits = {
  /**
   * Transitions that are written in one transaction. Each row is written once in it, whatever happened to it in these: the
   * larger, the fewer rows are written again later, and the longer do requests to the same process wait. Bounds the memory
   * together with the next.
   */
  batch: 5_000,
  /** UTF-16 units of their data. */
  characters: 4 * 1024 * 1024,
  /** In one message of the log. */
  page: 1_000,
} as const;
export type FillLimits = { readonly [Name in keyof typeof fillLimits]: number };

interface Filling {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly streamPrefixes: readonly string[];
  readonly from: Checkpoint | null;
  readonly signal: AbortSignal;
  readonly limits?: Partial<FillLimits> | undefined;
  /** Each batch in the log's order; empty where the log has moved on and nothing in it concerned the reader. */
  write(transitions: readonly RecordedTransition[], checkpoint: Checkpoint): Promise<void>;
}

/**
 * Hands over everything that is in the log, in large batches, and reads the next one meanwhile.
 * @throws when `signal` aborts, as `write`, and as a subscription does.
 */
async function fillFromLog({ log, from, signal, write, limits: given, ...which }: Filling): Promise<void> {
  const limits = { ...fillLimits, ...given };
  const ending = new AbortController();
  const options: SubscribeOptions = {
    streamPrefixes: which.streamPrefixes,
    maxBatch: limits.page,
    signal: AbortSignal.any([signal, ending.signal]),
  };
  const messages = log.subscribeAll(from, options)[Symbol.asyncIterator]();
  let gathered: RecordedTransition[] = [];
  let characters = 0;
  let checkpoint: Checkpoint | null = null;
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    await writing;
    const [transitions, up] = [gathered, checkpoint];
    gathered = [];
    characters = 0;
    checkpoint = null;
    writing = up === null ? Promise.resolve() : write(transitions, up);
    // Whoever waits for it next hears of a failure.
    writing.catch(() => {});
  };
  try {
    for (;;) {
      const { done, value } = await messages.next();
      signal.throwIfAborted();
      if (done === true) throw new Error('The subscription ended before the end of the log');
      if (value.kind === 'caught-up') break;
      checkpoint = value.checkpoint;
      if (value.kind === 'transitions') {
        for (const each of value.transitions) characters += each.data.length + each.metadata.length;
        gathered.push(...value.transitions);
      }
      if (gathered.length >= limits.batch || characters >= limits.characters) await flush();
    }
    await flush();
    await writing;
  } finally {
    ending.abort();
    await messages.return?.();
    await writing.catch(() => {});
  }
}

/** Brings a copy to the end of the log. */
export type CatchUp = (projector: Projector, signal: AbortSignal) => Promise<void>;

interface CatchingUp {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly limits?: Partial<FillLimits> | undefined;
  /** What the copy holds now. */
  readonly onWritten: (last: RecordedTransition, transitions: number) => void;
}

export const createCatchUp =
  ({ log, limits, onWritten }: CatchingUp): CatchUp =>
  async (projector, signal) => {
    const from = await projector.load();
    const { streamPrefixes } = projector;
    await fillFromLog({
      ...{ log, streamPrefixes, from, signal, limits },
      async write(transitions, checkpoint) {
        await projector.write(transitions, checkpoint);
        const last = transitions.at(-1);
        if (last !== undefined) onWritten(last, transitions.length);
      },
    });
  };
