import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AppendOutcome,
  type AppendRequest,
  type EventWriter,
  type ProposedTransition,
  revision,
} from '../../../src/application/ports/event-log.ts';

/** A transition as any log takes it; what is in it means nothing here. */
export const transition = (given: Partial<ProposedTransition> = {}): ProposedTransition => ({
  id: randomUUID(),
  type: 'Tested',
  schemaVersion: 1,
  recordedAt: '2026-01-01T00:00:00.000Z',
  data: '{"tested":true}',
  metadata: '{}',
  ...given,
});

export const transitions = (count: number, given: Partial<ProposedTransition> = {}): ProposedTransition[] =>
  Array.from({ length: count }, () => transition(given));

/** A stream that no other test has. */
export const newStream = (prefix = 'test') => `${prefix}-${randomUUID()}`;

/** To the beginning of a new stream by default. */
export const request = (given: Partial<AppendRequest> = {}): AppendRequest => ({
  stream: newStream(),
  expectedRevision: 'no-stream',
  transitions: [transition()],
  ...given,
});

export const appended = (firstRevision: number, lastRevision = firstRevision): AppendOutcome => ({
  kind: 'appended',
  firstRevision: revision(firstRevision),
  lastRevision: revision(lastRevision),
});

export const conflict = (actualRevision: number | 'no-stream'): AppendOutcome => ({
  kind: 'conflict',
  actualRevision: actualRevision === 'no-stream' ? actualRevision : revision(actualRevision),
});

/** How an outcome is told in a list of many. */
export const kindOf = (outcome: AppendOutcome) =>
  outcome.kind === 'refused' ? (`refused: ${outcome.refusal.code}` as const) : outcome.kind;

/** Appends that must succeed. @throws when one does not. */
export async function appendAll(log: EventWriter, requests: readonly AppendRequest[]): Promise<void> {
  for (const outcome of await log.appendMany(requests))
    if (outcome.kind !== 'appended') throw new Error(`An append of the test's own failed: ${describeOutcome(outcome)}`);
}

/** Sends the identical request until the log has a certain answer, as {@link EventWriter} asks for. */
export async function appendUntilKnown(log: EventWriter, sent: AppendRequest): Promise<AppendOutcome> {
  for (;;) {
    const outcome = await log.append(sent);
    if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;
    await nextTurn();
  }
}

export const describeOutcome = (outcome: AppendOutcome) =>
  JSON.stringify(outcome, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));

/** `total` transitions, in appends of `size` each to a stream of its own, with a bounded number under way. */
export async function fill(log: EventWriter, total: number, given: FillOptions = {}): Promise<void> {
  const { size = 100, prefix = 'filler', data = '{}' } = given;
  const inAppend = Math.min(size, total);
  for (let done = 0; done < total; ) {
    const requests: AppendRequest[] = [];
    for (; done < total && requests.length < 50; done += inAppend)
      requests.push(
        request({ stream: newStream(prefix), transitions: transitions(Math.min(inAppend, total - done), { data }) }),
      );
    await appendAll(log, requests);
  }
}

interface FillOptions {
  /** Transitions in one append. */
  readonly size?: number;
  readonly prefix?: string;
  readonly data?: string;
}
