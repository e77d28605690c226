import { ConcurrencyConflict, ReadDatabaseRefused } from '../../../src/application/failures.ts';
import type { CheckpointStore } from '../../../src/application/ports/checkpoint-store.ts';
import type { DueEvent, DueWork } from '../../../src/application/ports/due-work.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import type { Lease, Leases } from '../../../src/application/ports/leases.ts';
import { type EventChanges, type EventRow, foldByEvent, isWholeRow } from '../../../src/projections/events/project.ts';
import { LEASE_MS } from '../../../src/projections/leases.ts';
import type { ProjectedBatch, ProjectionStore } from '../../../src/projections/projection-store.ts';

interface HeldLease {
  readonly lease: Lease;
  readonly expiresAt: number;
}

/** What the read database holds at one moment. */
export interface Tables {
  readonly rows: ReadonlyMap<string, EventRow>;
  readonly checkpoints: ReadonlyMap<string, Checkpoint>;
}
interface Surroundings {
  committed(batch: ProjectedBatch): void;
  /** Why it is not kept; `null` when it is. */
  refuses(batch: ProjectedBatch): string | null;
}
const emptyTables: Tables = { rows: new Map(), checkpoints: new Map() };

/**
 * The read database without SQL: the same questions and transactions, each at one moment. What it leaves to the real
 * one, the contract of the stores holds both to.
 */
export class SimulatedStores {
  /** As they were after each commit. */
  readonly #copies: Tables[] = [emptyTables];
  readonly #leases = new Map<string, HeldLease>();
  readonly #now: () => number;
  readonly #surroundings: Surroundings;

  /** @param now the database's own clock, in milliseconds since 1970. */
  constructor(now: () => number, surroundings: Surroundings = { committed: () => {}, refuses: () => null }) {
    this.#now = now;
    this.#surroundings = surroundings;
  }

  get tables(): Tables {
    return this.#copies.at(-1) as Tables;
  }

  lose(): void {
    this.#copies.push(emptyTables);
  }
  /** Puts the tables back to what they were so many commits ago. */
  restore(commits: number): void {
    this.#copies.push(this.#copies.at(-1 - commits) ?? emptyTables);
  }

  projection(subscriber: string): ProjectionStore {
    return {
      load: async () => this.tables.checkpoints.get(subscriber) ?? null,
      commit: async (batch) => {
        const { checkpoint, lease, decoded } = batch;
        const found = this.tables.checkpoints.get(subscriber) ?? null;
        if (checkpoint !== null && found !== checkpoint.from)
          throw new ConcurrencyConflict(`The checkpoint of ${subscriber} is no longer where it was read`);
        if (lease !== null) this.#require(lease);
        const refusal = this.#surroundings.refuses(batch);
        if (refusal !== null) throw new ReadDatabaseRefused(refusal);
        const rows = new Map(this.tables.rows);
        for (const changes of foldByEvent(decoded)) write(rows, changes);
        this.#keep(rows, checkpoint === null ? null : [subscriber, checkpoint.to]);
        this.#surroundings.committed(batch);
      },
    };
  }

  checkpoints(lease: Lease | null): CheckpointStore {
    return {
      load: async (subscriber) => this.tables.checkpoints.get(subscriber) ?? null,
      save: async (subscriber, checkpoint) => {
        if (lease !== null) this.#require(lease);
        this.#keep(this.tables.rows, [subscriber, checkpoint]);
      },
    };
  }

  readonly dueWork: DueWork = {
    due: async (now, limit) =>
      [...this.tables.rows.values()]
        .filter(({ due_at }) => due_at !== null && due_at <= now)
        .sort((one, other) => ((one.due_at ?? '') < (other.due_at ?? '') ? -1 : 1))
        .slice(0, limit)
        .map(dueEventOf),
    unfinished: async (after, limit) =>
      [...this.tables.rows.values()]
        .filter(
          ({ id, status }) => (status === 'RECEIVED' || status === 'PROCESSING') && (after === null || id > after),
        )
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, limit)
        .map(dueEventOf),
  };

  readonly leases: Leases = {
    acquire: async (name, owner) => {
      const held = this.#leases.get(name);
      if (held !== undefined && held.expiresAt > this.#now()) return null;
      const lease = { name, owner, epoch: (held?.lease.epoch ?? 0n) + 1n };
      this.#leases.set(name, { lease, expiresAt: this.#now() + LEASE_MS });
      return lease;
    },
    renew: async (lease) => {
      if (!this.#isHeld(lease)) return false;
      this.#leases.set(lease.name, { lease, expiresAt: this.#now() + LEASE_MS });
      return true;
    },
    release: async (lease) => {
      if (this.#isHeld(lease)) this.#leases.set(lease.name, { lease, expiresAt: this.#now() });
    },
  };

  #isHeld({ name, owner, epoch }: Lease): boolean {
    const held = this.#leases.get(name)?.lease;
    return held?.owner === owner && held.epoch === epoch;
  }
  #require(lease: Lease): void {
    if (this.#leases.get(lease.name)?.lease.epoch !== lease.epoch)
      throw new ConcurrencyConflict(`The lease of ${lease.name} was taken over by another process`);
  }
  #keep(rows: Tables['rows'], moved: readonly [string, Checkpoint] | null): void {
    const checkpoints = new Map(this.tables.checkpoints);
    if (moved !== null) checkpoints.set(...moved);
    this.#copies.push({ rows, checkpoints });
  }
}

function write(rows: Map<string, EventRow>, changes: EventChanges): void {
  const before = rows.get(changes.id);
  if (before !== undefined && BigInt(before.revision) >= BigInt(changes.revision)) return;
  if (before !== undefined) rows.set(changes.id, { ...before, ...changes });
  else if (isWholeRow(changes)) rows.set(changes.id, changes);
}

/** What a row looks like to the sweep, which is told moments as `Date` by the real database and never compares them. */
const dueEventOf = ({ id, status, generation, attempts, revision }: EventRow): DueEvent => ({
  eventId: id,
  status: status as DueEvent['status'],
  generation,
  attempts,
  revision: Number(revision),
});
