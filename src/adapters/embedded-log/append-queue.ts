import {
  type AppendOutcome,
  type AppendRequest,
  type LogPosition,
  type RecordedTransition,
  revision,
} from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { recordedFrom } from '../../application/sealed-transition.ts';
import type { BatchAnswer, RequestOutcome } from './database/append-batch.ts';
import { messageOf } from './database/sqlite-error.ts';
import { DatabaseAway } from './supervise-thread.ts';
import { encodeRequests, type Flat, NO_STREAM } from './wire.ts';

/** Beyond these the log refuses more: about a second of work, and a bounded share of the memory. */
const MAX_WAITING_REQUESTS = 20_000;
const MAX_WAITING_BYTES = 48 * 1024 * 1024;
/** One transaction. More would gain nothing per transition and make every append wait longer for the fsync. */
const MAX_BATCH_REQUESTS = 1_000;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

export interface AppendQueue {
  /** Settles by the deadline; never rejects. */
  add(request: AppendRequest, bytes: number): Promise<AppendOutcome>;
  /** Refuses what comes from now on, and resolves when everything before has settled. */
  close(): Promise<void>;
}

export interface AppendQueueOptions {
  readonly path: string;
  readonly deadlineMs: number;
  readonly logger: Logger | undefined;
  /** One transaction. @throws {DatabaseAway} before it was begun; any other error leaves its end open. */
  write(batch: Flat): Promise<BatchAnswer>;
  /** Why nothing can be appended any more; `null` as long as it can. */
  damage(): string | null;
  /** An append met damage. */
  onDamage(reason: string): void;
  /** Called with every commit, in the log's order, before any append of it settles. */
  committed(transitions: readonly RecordedTransition[]): void;
}

/** Also when the thread that was to give it is gone. */
type Answer = BatchAnswer | { readonly kind: 'unknown'; readonly message: string };

interface Waiting {
  readonly request: AppendRequest;
  readonly bytes: number;
  settle(outcome: AppendOutcome): void;
}

/** Group commit: while one batch is written, the next one gathers. */
export function createAppendQueue(options: AppendQueueOptions): AppendQueue {
  const { path, deadlineMs, logger, write, damage, onDamage, committed } = options;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let isWriting = false;
  /** Set while a batch is beyond its deadline: whatever came now would only wait as long. */
  let isUnresponsive = false;
  let isFailing = false;
  let closed: PromiseWithResolvers<void> | null = null;

  function whyNot(bytes: number): string | null {
    if (closed !== null) return `${path} is closed`;
    if (isUnresponsive) return `${path} has not answered for ${deadlineMs} ms; check its disk`;
    if (waiting.length >= MAX_WAITING_REQUESTS || waitingBytes + bytes > MAX_WAITING_BYTES)
      return `${path} is busy: ${waiting.length} appends wait for it; send less at once`;
    return null;
  }

  function takeBatch(): readonly Waiting[] {
    let bytes = 0;
    const end = waiting.findIndex((each, index) => {
      bytes += each.bytes;
      return index === MAX_BATCH_REQUESTS || (index > 0 && bytes > MAX_BATCH_BYTES);
    });
    const batch = waiting.splice(0, end < 0 ? waiting.length : end);
    for (const each of batch) waitingBytes -= each.bytes;
    return batch;
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = takeBatch();
      const deadline = setTimeout(() => becomeUnresponsive(batch), deadlineMs);
      const answer = await write(encodeRequests(batch.map(({ request }) => request))).catch(answerOf);
      clearTimeout(deadline);
      isUnresponsive = false;
      report(answer);
      settleAll(batch, answer);
    }
    isWriting = false;
    closed?.resolve();
  }

  function becomeUnresponsive(batch: readonly Waiting[]): void {
    isUnresponsive = true;
    const message = `${path} has not answered for ${deadlineMs} ms`;
    logger?.error({ path, deadlineMs, appends: batch.length }, 'the log does not answer');
    for (const { settle } of batch) settle({ kind: 'unknown', message });
    for (const { settle } of waiting) settle(unavailable(message));
    waiting = [];
    waitingBytes = 0;
  }

  function settleAll(batch: readonly Waiting[], answer: Answer): void {
    if (answer.kind === 'committed') {
      committed(recordsOf(batch, answer));
      for (const [index, { request, settle }] of batch.entries()) settle(outcomeOf(request, answer.outcomes[index]));
      return;
    }
    if (answer.kind === 'not-written' && answer.isDamage === true) onDamage(answer.message);
    const message = `${path}: ${answer.message}`;
    const why = damage();
    for (const { settle } of batch)
      settle(
        answer.kind === 'unknown' ? { kind: 'unknown', message } : why === null ? unavailable(message) : damaged(why),
      );
  }

  /** Once when appends begin to fail and once when they succeed again: each one in between is answered anyway. */
  function report(answer: Answer): void {
    const hasFailed = answer.kind !== 'committed';
    if (hasFailed && !isFailing) logger?.error({ path, reason: answer.message }, 'the log takes no appends');
    if (!hasFailed && isFailing) logger?.info({ path }, 'the log takes appends again');
    isFailing = hasFailed;
  }

  return {
    add(request, bytes) {
      const why = damage();
      if (why !== null) return Promise.resolve(damaged(why));
      const refusal = whyNot(bytes);
      if (refusal !== null) return Promise.resolve(unavailable(refusal));
      return new Promise((settle) => {
        waiting.push({ request, bytes, settle });
        waitingBytes += bytes;
        if (isWriting) return;
        isWriting = true;
        // Everything that arrives in the same turn of the event loop goes together.
        setImmediate(() => void writeAll());
      });
    },
    close() {
      closed ??= Promise.withResolvers();
      if (!isWriting) closed.resolve();
      return closed.promise;
    },
  };
}

const unavailable = (message: string): AppendOutcome => ({
  kind: 'refused',
  refusal: { code: 'unavailable', message },
});

const damaged = (message: string): AppendOutcome => ({ kind: 'refused', refusal: { code: 'damaged', message } });

const answerOf = (error: unknown): Answer =>
  error instanceof DatabaseAway
    ? { kind: 'not-written', message: error.message }
    : { kind: 'unknown', message: messageOf(error) };

function outcomeOf(
  { expectedRevision, transitions }: AppendRequest,
  outcome: RequestOutcome | undefined,
): AppendOutcome {
  if (typeof outcome === 'number')
    return { kind: 'conflict', actualRevision: outcome === NO_STREAM ? 'no-stream' : revision(outcome) };
  const firstRevision = firstRevisionOf(expectedRevision);
  return { kind: 'appended', firstRevision, lastRevision: revision(firstRevision + BigInt(transitions.length - 1)) };
}

const firstRevisionOf = (expected: AppendRequest['expectedRevision']) =>
  expected === 'no-stream' ? revision(0) : revision(expected + 1n);

function recordsOf(
  batch: readonly Waiting[],
  { firstPosition, outcomes }: Extract<BatchAnswer, { kind: 'committed' }>,
): RecordedTransition[] {
  const records: RecordedTransition[] = [];
  for (const [index, { request }] of batch.entries()) {
    if (outcomes[index] !== 'appended') continue;
    let at = firstRevisionOf(request.expectedRevision);
    for (const transition of request.transitions) {
      const position = BigInt(firstPosition + records.length) as LogPosition;
      records.push(recordedFrom(transition, request.stream, at, position));
      at = revision(at + 1n);
    }
  }
  return records;
}
