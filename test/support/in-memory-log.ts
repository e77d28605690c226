import { randomUUID } from 'node:crypto';
import { CheckpointRefused, LogUnavailable } from '../../src/application/failures.ts';
import {
  type AppendOutcome,
  type AppendRefusal,
  type AppendRequest,
  type Checkpoint,
  type EventLog,
  type LogPosition,
  MAX_APPEND_BYTES,
  MAX_TRANSITION_BYTES,
  type ProposedTransition,
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
} {
  const all: RecordedTransition[] = [];
  const streams = new Map<string, RecordedTransition[]>();
  let wake = Promise.withResolvers<void>();
  let closed = false;
  /** How often it was put back; what is appended after that is at other places than what was there before. */
  let restorations = 0;
  const eras: number[] = [];

  const announce = () => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };

  function appendNow({ stream, expectedRevision, transitions }: AppendRequest): AppendOutcome {
    const refusal = closed ? unavailable : refusalOf(stream, transitions);
    if (refusal !== null) return { kind: 'refused', refusal };
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
    if (log !== logId) throw new CheckpointRefused(`The checkpoint ${checkpoint} belongs to another log`);
    if (!(Number(position) < all.length)) throw new CheckpointRefused(`The log ends before ${checkpoint}`);
    if (eras[Number(position)] !== Number(era))
      throw new CheckpointRefused(`What stands in the log at ${checkpoint} is not what stood there`);
    return Number(position);
  }

  async function* subscribeAll(
    after: Checkpoint | null,
    { streamPrefix = '', maxBatch = 1_000, signal }: SubscribeOptions = {},
  ): AsyncGenerator<SubscriptionMessage> {
    let next = after === null ? 0 : placeOf(after) + 1;
    const begunAfter = restorations;
    let isBehind = true;
    const aborted = new Promise<void>((resolve) => {
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    while (!signal?.aborted && !closed) {
      if (restorations !== begunAfter) throw new LogUnavailable('The connection to the log was lost');
      const batch = all.slice(next, next + maxBatch);
      if (batch.length === 0) {
        const more = wake.promise;
        if (isBehind) {
          isBehind = false;
          yield { kind: 'caught-up' };
        }
        await Promise.race([more, aborted]);
        continue;
      }
      next += batch.length;
      const checkpoint = checkpointAt(next - 1);
      const transitions = batch.filter(({ stream }) => stream.startsWith(streamPrefix));
      yield transitions.length > 0
        ? { kind: 'transitions', transitions, checkpoint }
        : { kind: 'checkpoint', checkpoint };
    }
  }

  return {
    all,
    append: async (request) => appendNow(request),
    appendMany: async (requests) => requests.map(appendNow),
    readStream: async (stream, from = revision(0)) => (streams.get(stream) ?? []).slice(Number(from)),
    async *readPages(stream) {
      const history = streams.get(stream) ?? [];
      if (history.length > 0) yield history.slice();
    },
    subscribeAll,
    head: async () => {
      const last = all.at(-1);
      return last === undefined ? null : { position: last.position, checkpoint: checkpointAt(all.length - 1) };
    },
    verifyCheckpoint: async (checkpoint) => {
      placeOf(checkpoint);
    },
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
      announce();
    },
  };
}

const unavailable: AppendRefusal = { code: 'unavailable', message: 'The log is closed' };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function refusalOf(stream: string, transitions: readonly ProposedTransition[]): AppendRefusal | null {
  let bytes = 0;
  for (const { id, type, data, metadata } of transitions) {
    const texts = [stream, type, data, metadata];
    if (!uuid.test(id) || stream === '' || type === '' || !texts.every((text) => text.isWellFormed()))
      return { code: 'invalid', message: `${type} for ${stream} is malformed` };
    const size = Buffer.byteLength(data) + Buffer.byteLength(metadata);
    if (size > MAX_TRANSITION_BYTES) return { code: 'too-large', message: `${type} for ${stream} has ${size} bytes` };
    bytes += size;
  }
  if (transitions.length === 0) return { code: 'invalid', message: `Nothing to append to ${stream}` };
  return bytes > MAX_APPEND_BYTES ? { code: 'too-large', message: `The append to ${stream} has ${bytes} bytes` } : null;
}
