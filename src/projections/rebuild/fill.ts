import type {
  Checkpoint,
  EventReader,
  RecordedTransition,
  SubscribeOptions,
} from '../../application/ports/event-log.ts';
import type { DecodedBatch, Projector } from '../projector.ts';
import type { FollowedCopy } from './followed-copy.ts';

export const fillLimits = {
  /**
   * Transitions that are written in one transaction. Each row is written once in it, whatever happened to it in these: the
   * larger, the fewer rows are written again later. Bounds the memory together with the next.
   */
  batch: 5_000,
  /** UTF-16 units of their data. */
  characters: 4 * 1024 * 1024,
  /** In one message of the log. Appends wait for as long as one is read, and requests for as long as one is handed on. */
  page: 250,
} as const;
export type FillLimits = { readonly [Name in keyof typeof fillLimits]: number };

interface Filling extends Pick<CatchingUp, 'log' | 'limits'> {
  readonly projector: Projector;
  readonly signal: AbortSignal;
  readonly onWritten: CatchingUp['onWritten'];
}

/**
 * Hands over everything that is in the log, in large batches. While one is written, the next is read and decoded.
 * @throws when `signal` aborts, as `write`, and as a subscription does.
 */
async function fillFromLog({ log, projector, signal, onWritten, limits: given }: Filling): Promise<void> {
  const limits = { ...fillLimits, ...given };
  const from = await projector.load();
  const ending = new AbortController();
  const options: SubscribeOptions = {
    streamPrefixes: projector.streamPrefixes,
    maxBatch: limits.page,
    signal: AbortSignal.any([signal, ending.signal]),
  };
  const messages = log.subscribeAll(from, options)[Symbol.asyncIterator]();
  const gathered = gatheredPages(projector);
  let characters = 0;
  let checkpoint: Checkpoint | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = async (transitions: readonly RecordedTransition[], decoded: DecodedBatch, up: Checkpoint) => {
    await projector.write(transitions, up, decoded);
    const last = transitions.at(-1);
    if (last !== undefined) onWritten(last, transitions.length);
  };
  const flush = async () => {
    await writing;
    const [{ transitions, decoded }, up] = [gathered.take(), checkpoint];
    characters = 0;
    checkpoint = null;
    writing = up === null ? Promise.resolve() : write(transitions, decoded, up);
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
        gathered.add(value.transitions);
      }
      if (gathered.count() >= limits.batch || characters >= limits.characters) await flush();
    }
    await flush();
    await writing;
  } finally {
    ending.abort();
    await messages.return?.();
    await writing.catch(() => {});
  }
}

/** Decodes each page as it comes. */
function gatheredPages({ decode }: Pick<Projector, 'decode'>) {
  let transitions: RecordedTransition[] = [];
  let pages: DecodedBatch[] = [];
  return {
    count: () => transitions.length,
    add(page: readonly RecordedTransition[]) {
      for (const transition of page) transitions.push(transition);
      pages.push(decode(page));
    },
    take() {
      const taken = {
        transitions,
        decoded: {
          decoded: pages.flatMap(({ decoded }) => decoded),
          failures: pages.flatMap(({ failures }) => failures),
        },
      };
      transitions = [];
      pages = [];
      return taken;
    },
  };
}

/** Brings a copy to the end of the log. @returns how many transitions that took. */
export type CatchUp = (copy: FollowedCopy, signal: AbortSignal) => Promise<number>;

export interface CatchingUp {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly projector: (copy: FollowedCopy) => Projector;
  readonly limits?: Partial<FillLimits> | undefined;
  /** What the copy holds now. */
  readonly onWritten: (last: Pick<RecordedTransition, 'position'>, transitions: number) => void;
}

export const createCatchUp =
  ({ log, projector, limits, onWritten }: CatchingUp): CatchUp =>
  async (copy, signal) => {
    const own = projector(copy);
    await fillFromLog({ log, projector: own, signal, limits, onWritten });
    return own.progress().transitions;
  };
