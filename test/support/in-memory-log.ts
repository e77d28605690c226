import { randomUUID } from 'node:crypto';
import { checkAppend } from '../../src/application/check-append.ts';
import { CheckpointRefused, LogUnavailable } from '../../src/application/failures.ts';
import { isFollowed } from '../../src/application/followed-streams.ts';
import {
  type AppendOutcome,
  type AppendRefusal,
  type AppendRequest,
  type Checkpoint,
  type EventLog,
  type LogPosition,
  PAGE_CHARACTERS,
  type RecordedTransition,
  revision,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../../src/application/ports/event-log.ts';

/** The port of the log without a disk: for tests of what stands on the log, not of the log. */
export function createInMemoryLog(
  logId: string = randomUUID(),
  /** What happens to a transition on its way into the log: nothing, unless a test changes it. */
  stored: (recorded: RecordedTransition) => RecordedTransition = (recorded) => recorded,
): EventLog & {
  /** In the log's order. */
  readonly all: readonly RecordedTransition[];
  /** Puts it back to its first so many transitions, as from a backup: those who follow it lose their connections. */
  restore(transitions: number): void;
  /** After it was closed, with all that was in it. */
  reopen(): void;
} {
  const all: RecordedTransition[] = [];
  const streams = new Map<string, RecordedTransition[]>();
  let wake = Promise.withResolvers<void>();
  let closed = false;
  let endings = 0;
  /** How often it was put back; what is appended after that is at other places than what was there before. */
  let restorations = 0;
  const eras: number[] = [];

  function mustBeOpen(): void {
    if (closed) throw new LogUnavailable('The log is closed');
  }
  const announce = () => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };

  function appendNow(request: AppendRequest): AppendOutcome {
    if (closed) return { kind: 'refused', refusal: unavailable };
    const checked = checkAppend(request);
    if ('refusal' in checked) return { kind: 'refused', refusal: checked.refusal };
    const { stream, expectedRevision, transitions } = request;
    const history = streams.get(stream) ?? [];
    const start = expectedRevision === 'no-stream' ? 0 : Number(expectedRevision) + 1;
    const isKnown = start < history.length && transitions.every(({ id }, index) => history[start + index]?.id === id);
    if (start !== history.length && !isKnown)
      return {
        kind: 'conflict',
        actualRevision: history.length === 0 ? 'no-stream' : revision(history.length - 1),
      };
    if (!isKnown) {
      for (const transition of transitions) {
        const position = BigInt(all.length) as LogPosition;
        const recorded = stored({ ...transition, stream, revision: revision(history.length), position });
        history.push(recorded);
        all.push(recorded);
        eras.push(restorations);
      }
      streams.set(stream, history);
      announce();
    }
    return {
      kind: 'appended',
      firstRevision: revision(start),
      lastRevision: revision(start + transitions.length - 1),
    };
  }

  const checkpointAt = (position: number) => {
    const era = eras[position] ?? 0;
    return `${logId}/${position}${era === 0 ? '' : `/${era}`}` as Checkpoint;
  };
  /** The position that a checkpoint names. */
  function placeOf(checkpoint: Checkpoint): number {
    const [log, position, era = '0'] = checkpoint.split('/');
    if (log !== logId || !/^\d+$/.test(position ?? ''))
      throw new CheckpointRefused(`The checkpoint ${checkpoint} belongs to another log`, { isOfAnotherLog: true });
    if (!(Number(position) < all.length)) throw new CheckpointRefused(`The log ends before ${checkpoint}`);
    if (eras[Number(position)] !== Number(era))
      throw new CheckpointRefused(`What stands in the log at ${checkpoint} is not what stood there`);
    return Number(position);
  }

  /** Up to `limit` transitions of these streams from a position on. Fewer of them only where the log ends. */
  function followedFrom(position: number, limit: number, prefixes: SubscribeOptions['streamPrefixes']) {
    const found: RecordedTransition[] = [];
    for (let next = position; next < all.length && found.length < limit; next++) {
      const recorded = all[next] as RecordedTransition;
      if (isFollowed(recorded.stream, prefixes)) found.push(recorded);
    }
    return found;
  }

  async function* messages(
    after: Checkpoint | null,
    { streamPrefixes, maxBatch = 1_000 }: SubscribeOptions,
    signal: AbortSignal,
  ): AsyncGenerator<SubscriptionMessage> {
    let next = after === null ? 0 : placeOf(after) + 1;
    const begunAfter = { restorations, endings };
    let isBehind = true;
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    /** Where the log ended when it was last looked at: with appends all the time, its end is never reached. */
    let goal = all.length;
    while (!signal.aborted && endings === begunAfter.endings) {
      if (restorations !== begunAfter.restorations) throw new LogUnavailable('The connection to the log was lost');
      if (isBehind && next >= goal) {
        isBehind = false;
        yield { kind: 'caught-up' };
        // Much may have happened before the next message is asked for.
        continue;
      }
      const more = wake.promise;
      goal = all.length;
      const transitions = followedFrom(next, maxBatch, streamPrefixes);
      const last = transitions.at(-1);
      if (last !== undefined) {
        next = Number(last.position) + 1;
        yield { kind: 'transitions', transitions, checkpoint: checkpointAt(next - 1) };
      } else if (next < goal) {
        next = goal;
        yield { kind: 'checkpoint', checkpoint: checkpointAt(next - 1) };
      } else await Promise.race([more, aborted]);
    }
  }

  /** A generator alone would let `return()` wait for the message that `next()` waits for. */
  const subscribeAll = (after: Checkpoint | null, options: SubscribeOptions = {}) => ({
    [Symbol.asyncIterator](): AsyncIterator<SubscriptionMessage> {
      const ending = new AbortController();
      const signals = [ending.signal, ...(options.signal === undefined ? [] : [options.signal])];
      const generator = messages(after, options, AbortSignal.any(signals));
      return {
        next: () => generator.next(),
        return() {
          ending.abort();
          return generator.return(undefined);
        },
      };
    },
  });

  return {
    all,
    append: async (request) => appendNow(request),
    appendMany: async (requests) => requests.map(appendNow),
    readStream: async (stream, from = revision(0)) => {
      mustBeOpen();
      return (streams.get(stream) ?? []).slice(Number(from));
    },
    async *readPages(stream) {
      for (let from = 0; ; ) {
        mustBeOpen();
        const page = pageOf(streams.get(stream) ?? [], from);
        if (page.length === 0) return;
        yield page;
        from += page.length;
      }
    },
    subscribeAll,
    head: async () => {
      mustBeOpen();
      const last = all.at(-1);
      return last === undefined ? null : { position: last.position, checkpoint: checkpointAt(all.length - 1) };
    },
    verifyCheckpoint: async (checkpoint) => {
      mustBeOpen();
      placeOf(checkpoint);
    },
    session: () => restorations,
    restore: (transitions) => {
      all.length = Math.min(all.length, transitions);
      eras.length = all.length;
      restorations++;
      for (const [stream, history] of streams) {
        const kept = history.filter(({ position }) => Number(position) < all.length);
        if (kept.length === 0) streams.delete(stream);
        else streams.set(stream, kept);
      }
      announce();
    },
    close: async () => {
      closed = true;
      endings++;
      announce();
    },
    reopen: () => {
      closed = false;
    },
  };
}

const unavailable: AppendRefusal = { code: 'unavailable', message: 'The log is closed' };

/** Ends with the transition that makes it as large as a page may be. */
function pageOf(history: readonly RecordedTransition[], from: number): readonly RecordedTransition[] {
  let characters = 0;
  let to = from;
  for (; to < history.length && characters < PAGE_CHARACTERS; to++) {
    const { data, metadata } = history[to] as RecordedTransition;
    characters += data.length + metadata.length;
  }
  return history.slice(from, to);
}
