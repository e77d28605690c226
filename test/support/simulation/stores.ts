import { eventIdOfStream } from '../../../src/application/event-identity.ts';
import { ConcurrencyConflict, ReadDatabaseRefused } from '../../../src/application/failures.ts';
import type { CheckpointStore } from '../../../src/application/ports/checkpoint-store.ts';
import type { DueWork } from '../../../src/application/ports/due-work.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import type { Lease, Leases } from '../../../src/application/ports/leases.ts';
import { foldDueWork } from '../../../src/projections/due-work/project.ts';
import { dueWork } from '../../../src/projections/due-work/read-model.ts';
import { type EventChanges, type EventRow, foldByEvent, isWholeRow } from '../../../src/projections/events/project.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import type { PassedOver } from '../../../src/projections/passed-over.ts';
import { projectionNameOf } from '../../../src/projections/projection-states.ts';
import type { ProjectedBatch, ProjectionStore } from '../../../src/projections/projection-store.ts';
import type { DecodedTransition, ReadModel } from '../../../src/projections/read-model.ts';
import { statistics } from '../../../src/projections/statistics/read-model.ts';
import { createSeededRandom } from '../worker/seeded-random.ts';
import { type DueRows, dueRowsAfter, simulatedDueWork } from './due-work.ts';
import { usualLimits } from './limits.ts';
import { emptyStatistics, type StatisticsTables, smallStatisticsLimits, statisticsAfter } from './statistics.ts';

interface HeldLease {
  readonly lease: Lease;
  readonly expiresAt: number;
}

/** What the read database holds at one moment. */
export interface Tables {
  readonly rows: ReadonlyMap<string, EventRow>;
  readonly due: DueRows;
  readonly statistics: StatisticsTables;
  readonly checkpoints: ReadonlyMap<string, Checkpoint>;
  /** Projections that have been at the end of the log since they last began. */
  readonly caughtUp: ReadonlySet<string>;
  /** What is missing in the rows, and when it is tried again, by projection and stream. */
  readonly passedOver: ReadonlyMap<string, { readonly tries: number; readonly nextAt: number }>;
}
interface Surroundings {
  readonly limits: { readonly leaseMs: number; readonly lostCommandAfterMs: number };
  committed(batch: ProjectedBatch, readModel: string): void;
  /** What is in the rows from then on. */
  written(decoded: ProjectedBatch['decoded'], readModel: string): void;
  /** Why it is not kept; `null` when it is. */
  refuses(batch: ProjectedBatch, readModel: string): string | null;
}
const emptyTables: Tables = {
  rows: new Map(),
  due: new Map(),
  statistics: emptyStatistics,
  checkpoints: new Map(),
  caughtUp: new Set(),
  passedOver: new Map(),
};

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
  constructor(now: () => number, surroundings: Partial<Surroundings> = {}) {
    this.#now = now;
    this.#surroundings = {
      committed: () => {},
      written: () => {},
      refuses: () => null,
      limits: usualLimits.tables,
      ...surroundings,
    };
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

  projection(readModel: Pick<ReadModel, 'name'>): ProjectionStore {
    const subscriber = projectionNameOf(readModel);
    const mark = (change: (caughtUp: Set<string>) => void) => {
      const caughtUp = new Set(this.tables.caughtUp);
      change(caughtUp);
      this.#copies.splice(-1, 1, { ...this.tables, caughtUp });
    };
    return {
      load: async () => this.tables.checkpoints.get(subscriber) ?? null,
      commit: async (batch) => {
        const { checkpoint, lease, decoded } = batch;
        const found = this.tables.checkpoints.get(subscriber) ?? null;
        if (checkpoint !== null && found !== checkpoint.from)
          throw new ConcurrencyConflict(`The checkpoint of ${subscriber} is no longer where it was read`);
        if (lease !== null) this.#require(lease);
        const refusal = this.#surroundings.refuses(batch, readModel.name);
        if (refusal !== null) throw new ReadDatabaseRefused(refusal);
        const passedOver = this.#passedOverAfter(batch, readModel);
        this.#keep(
          { passedOver, ...this.#after(decoded, readModel) },
          checkpoint === null ? null : [subscriber, checkpoint.to],
        );
        this.#surroundings.written(decoded, readModel.name);
        this.#surroundings.committed(batch, readModel.name);
      },
      isCaughtUp: async () => this.tables.caughtUp.has(subscriber),
      markBehind: async () => mark((caughtUp) => caughtUp.delete(subscriber)),
      markCaughtUp: async (at) => {
        if ((this.tables.checkpoints.get(subscriber) ?? null) !== at)
          throw new ConcurrencyConflict(`The checkpoint of ${subscriber} is no longer where it was read`);
        mark((caughtUp) => caughtUp.add(subscriber));
      },
    };
  }

  checkpoints(lease: Lease | null): CheckpointStore {
    return {
      load: async (subscriber) => this.tables.checkpoints.get(subscriber) ?? null,
      save: async (subscriber, checkpoint) => {
        if (lease !== null) this.#require(lease);
        this.#keep({}, [subscriber, checkpoint]);
      },
    };
  }

  readonly dueWork: DueWork = simulatedDueWork({
    rows: () => this.tables.due,
    // In the place of the latest copy: what the sweep notes is no commit of its own to go back to.
    keep: (due) => this.#copies.splice(-1, 1, { ...this.tables, due }),
    isCaughtUp: () => this.tables.caughtUp.has(projectionNameOf(dueWork)),
    now: () => this.#now(),
    lostCommandAfterMs: () => this.#surroundings.limits.lostCommandAfterMs,
    random: createSeededRandom(1),
  });

  passedOver(readModel: Pick<ReadModel, 'name'>): PassedOver {
    const prefix = `${projectionNameOf(readModel)} `;
    const listed = () => [...this.tables.passedOver].filter(([key]) => key.startsWith(prefix));
    const keepWithout = (stream: string, changed: Partial<Tables>) => {
      const passedOver = new Map(this.tables.passedOver);
      passedOver.delete(`${prefix}${stream}`);
      this.#keep({ ...changed, passedOver }, null);
    };
    return {
      count: async () => listed().length,
      due: async (limit) =>
        listed()
          .filter(([, { nextAt }]) => nextAt <= this.#now())
          .sort(([, one], [, other]) => one.nextAt - other.nextAt)
          .slice(0, limit)
          .map(([key]) => key.slice(prefix.length)),
      repair: async ({ stream, history, lease }) => {
        if (lease !== null) this.#require(lease);
        const batch = { decoded: history, failures: [], failedAt: '', checkpoint: null, lease };
        const refusal = this.#surroundings.refuses(batch, readModel.name);
        if (refusal !== null) throw new ReadDatabaseRefused(refusal);
        const last = history.at(-1)?.recorded.revision ?? -1n;
        const row = this.tables.rows.get(eventIdOfStream(stream));
        if (row !== undefined && BigInt(row.revision) > last) return false;
        const rows = new Map(this.tables.rows);
        rows.delete(eventIdOfStream(stream));
        keepWithout(stream, this.#after(history, readModel, rows));
        this.#surroundings.written(history, readModel.name);
        return true;
      },
      putOff: async (stream, { initialDelayMs, maxDelayMs }) => {
        const before = this.tables.passedOver.get(`${prefix}${stream}`);
        if (before === undefined) return;
        const delayMs = Math.min(maxDelayMs, initialDelayMs * 2 ** before.tries);
        const passedOver = new Map(this.tables.passedOver);
        passedOver.set(`${prefix}${stream}`, { tries: before.tries + 1, nextAt: this.#now() + delayMs });
        this.#copies.splice(-1, 1, { ...this.tables, passedOver });
      },
    };
  }

  readonly leases: Leases = {
    acquire: async (name, owner) => {
      const held = this.#leases.get(name);
      if (held !== undefined && held.expiresAt > this.#now()) return null;
      const lease = { name, owner, epoch: (held?.lease.epoch ?? 0n) + 1n };
      this.#leases.set(name, { lease, expiresAt: this.#now() + this.#surroundings.limits.leaseMs });
      return lease;
    },
    renew: async (lease) => {
      if (!this.#isHeld(lease)) return false;
      this.#leases.set(lease.name, { lease, expiresAt: this.#now() + this.#surroundings.limits.leaseMs });
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
  /** What the batch adds to the list: what it failed at, and what moves on without a row; all of it is due at once. */
  #passedOverAfter({ decoded, failures }: ProjectedBatch, readModel: Pick<ReadModel, 'name'>): Tables['passedOver'] {
    const passedOver = new Map(this.tables.passedOver);
    const keyOf = (stream: string) => `${projectionNameOf(readModel)} ${stream}`;
    const isDue = { tries: 0, nextAt: this.#now() };
    for (const { recorded } of failures) passedOver.set(keyOf(recorded.stream), isDue);
    const rows = readModel.name === events.name ? this.#rowsAfter(decoded, this.tables.rows) : null;
    for (const { recorded } of decoded) {
      const isMissing = rows !== null && !rows.has(eventIdOfStream(recorded.stream));
      if (isMissing || passedOver.has(keyOf(recorded.stream))) passedOver.set(keyOf(recorded.stream), isDue);
    }
    return passedOver;
  }
  #after(decoded: ProjectedBatch['decoded'], readModel: Pick<ReadModel, 'name'>, rows = this.tables.rows) {
    switch (readModel.name) {
      case dueWork.name:
        return { due: this.#dueAfter(decoded) };
      case statistics.name:
        return { statistics: statisticsAfter(this.tables.statistics, decoded, smallStatisticsLimits) };
      default:
        return { rows: this.#rowsAfter(decoded, rows) };
    }
  }
  #rowsAfter(decoded: ProjectedBatch['decoded'], before: Tables['rows']): Tables['rows'] {
    const rows = new Map(before);
    for (const changes of foldByEvent(decoded as readonly DecodedTransition[])) write(rows, changes);
    return rows;
  }
  #dueAfter(decoded: ProjectedBatch['decoded']): DueRows {
    const changes = foldDueWork(
      decoded.map(({ recorded }) => recorded),
      this.#surroundings.limits.lostCommandAfterMs,
    );
    return dueRowsAfter(this.tables.due, changes, this.#now());
  }
  #keep(changed: Partial<Tables>, moved: readonly [string, Checkpoint] | null): void {
    const checkpoints = new Map(this.tables.checkpoints);
    if (moved !== null) checkpoints.set(...moved);
    this.#copies.push({ ...this.tables, ...changed, checkpoints });
  }
}

function write(rows: Map<string, EventRow>, changes: EventChanges): void {
  const before = rows.get(changes.id);
  if (before !== undefined && BigInt(before.revision) >= BigInt(changes.revision)) return;
  if (before !== undefined) rows.set(changes.id, { ...before, ...changes });
  else if (isWholeRow(changes)) rows.set(changes.id, changes);
}
