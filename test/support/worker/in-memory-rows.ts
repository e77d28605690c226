import { eventIdOfStream } from '../../../src/application/event-identity.ts';
import { advance, type LoadedEvent, unheardOf } from '../../../src/application/load-event.ts';
import type { CheckpointStore } from '../../../src/application/ports/checkpoint-store.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import type { DueEvent, DueWork } from '../../../src/application/ports/due-work.ts';
import type { Checkpoint, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Subscriber } from '../../../src/application/run-subscription.ts';

/** A received event whose command seems lost. */
export const SUSPECTED_AFTER_MS = 10_000;

interface Row {
  readonly event: LoadedEvent;
  readonly changedAt: string;
}

/** The read table of events without a database: what a projector has told it, and the sweep's questions to it. */
export class InMemoryRows implements DueWork, CheckpointStore, Subscriber {
  readonly name = 'rows';
  readonly rows = new Map<string, Row>();
  readonly #checkpoints = new Map<string, Checkpoint>();
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly whenCaughtUp = this.#caughtUp.promise;

  // As a subscriber of the log:
  load(subscriber = this.name): Promise<Checkpoint | null> {
    return Promise.resolve(this.#checkpoints.get(subscriber) ?? null);
  }
  async handle(transitions: readonly RecordedTransition[], checkpoint: Checkpoint): Promise<void> {
    for (const recorded of transitions) {
      const id = eventIdOfStream(recorded.stream);
      const before = this.rows.get(id)?.event ?? unheardOf;
      this.rows.set(id, { event: advance(before, recorded), changedAt: recorded.recordedAt });
    }
    await this.save(this.name, checkpoint);
  }
  caughtUp(): void {
    this.#caughtUp.resolve();
  }

  async save(subscriber: string, checkpoint: Checkpoint): Promise<void> {
    this.#checkpoints.set(subscriber, checkpoint);
  }

  async due(now: string, limit: number): Promise<readonly DueEvent[]> {
    return [...this.rows]
      .map(([eventId, row]) => ({ eventId, row, dueAt: dueAtOf(row) }))
      .filter(({ dueAt }) => dueAt !== null && dueAt <= now)
      .sort((one, other) => ((one.dueAt ?? '') < (other.dueAt ?? '') ? -1 : 1))
      .slice(0, limit)
      .map(({ eventId, row }) => dueEvent(eventId, row));
  }

  async unfinished(afterEventId: string | null, limit: number): Promise<readonly DueEvent[]> {
    return [...this.rows]
      .filter(([, { event }]) => event.state?.status === 'RECEIVED' || event.state?.status === 'PROCESSING')
      .filter(([eventId]) => afterEventId === null || eventId > afterEventId)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .slice(0, limit)
      .map(([eventId, row]) => dueEvent(eventId, row));
  }
}

function dueAtOf({ event: { state }, changedAt }: Row): string | null {
  if (state?.status === 'RECEIVED') return timestamp(Date.parse(changedAt) + SUSPECTED_AFTER_MS);
  return state?.claim?.leaseExpiresAt ?? state?.nextAttemptAt ?? null;
}

function dueEvent(eventId: string, { event: { state, revision } }: Row): DueEvent {
  if (state === null) throw new Error(`${eventId} has no state`);
  const { generation, attempts } = state;
  return { eventId, status: state.status as DueEvent['status'], generation, attempts, revision };
}
