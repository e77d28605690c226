import type { DueEvent, DueWork } from '../../../src/application/ports/due-work.ts';
import type { Random } from '../../../src/application/ports/random.ts';
import { type DueChange, type DueRow, foldDueWork, isDueRow } from '../../../src/projections/due-work/project.ts';

export interface KeptDueRow extends DueRow {
  /** Milliseconds since 1970. */
  readonly askAt: number;
  readonly asks: number;
}
/** By event id. */
export type DueRows = ReadonlyMap<string, KeptDueRow>;

/** The rows as they are after `changes`, written at `now`. */
export function dueRowsAfter(rows: DueRows, changes: readonly DueChange[], now: number): DueRows {
  const after = new Map(rows);
  for (const change of changes) {
    const before = after.get(change.id);
    if (before !== undefined && BigInt(before.revision) >= BigInt(change.revision)) continue;
    if (!isDueRow(change)) after.delete(change.id);
    else {
      const latest = change.wait_until === null ? Number.POSITIVE_INFINITY : Date.parse(change.wait_until);
      after.set(change.id, { ...change, askAt: Math.min(latest, now + change.wait_ms), asks: 0 });
    }
  }
  return after;
}

export interface DueWorkSurroundings {
  readonly rows: () => DueRows;
  readonly keep: (rows: DueRows) => void;
  readonly isCaughtUp: () => boolean;
  /** The database's own clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** The usual time when not given. */
  readonly lostCommandAfterMs?: () => number;
  readonly random: Pick<Random, 'fraction'>;
}

/** The due work without SQL. */
export function simulatedDueWork({
  rows,
  keep,
  isCaughtUp,
  now,
  random,
  lostCommandAfterMs,
}: DueWorkSurroundings): DueWork {
  const change = (ids: readonly string[], changed: (row: KeptDueRow) => Partial<KeptDueRow>) => {
    const after = new Map(rows());
    for (const id of ids) {
      const row = after.get(id);
      if (row !== undefined) after.set(id, { ...row, ...changed(row) });
    }
    keep(after);
  };
  const unmoved = (events: readonly DueEvent[]) =>
    events
      .filter(({ eventId, kind, revision }) => {
        const row = rows().get(eventId);
        return row?.kind === kind && Number(row.revision) === revision;
      })
      .map(({ eventId }) => eventId);
  return {
    isCaughtUp: async () => isCaughtUp(),
    take: async (kind, limit, holdMs) => {
      const taken = [...rows().values()]
        .filter((row) => row.kind === kind && row.askAt <= now())
        .sort((one, other) => one.askAt - other.askAt)
        .slice(0, limit);
      change(
        taken.map(({ id }) => id),
        () => ({ askAt: now() + holdMs }),
      );
      return taken.map(dueEventOf);
    },
    putOff: async (events, { initialDelayMs, maxDelayMs }) => {
      change(unmoved(events), ({ kind, asks }) => ({
        kind: kind === 'retry' || kind === 'paused' ? 'command' : kind,
        asks: asks + 1,
        askAt: now() + (0.75 + random.fraction() / 4) * Math.min(maxDelayMs, initialDelayMs * 2 ** asks),
      }));
    },
    park: async (events, againMs) => change(unmoved(events), () => ({ kind: 'paused', askAt: now() + againMs })),
    hasten: async (kinds, after, limit) => {
      const page = [...rows().values()]
        .filter(({ id, kind }) => kinds.includes(kind) && (after === null || id > after))
        .map(({ id }) => id)
        .sort()
        .slice(0, limit);
      change(page, ({ kind }) => ({ askAt: now(), asks: 0, kind: kind === 'paused' ? 'command' : kind }));
      return page;
    },
    readAgain: async (history) => {
      const [changed] = foldDueWork(history, lostCommandAfterMs?.());
      if (changed === undefined || changed.kind === 'unreadable') return false;
      const before = rows().get(changed.id);
      const others = new Map(rows());
      if (before?.kind === 'unreadable' && BigInt(before.revision) <= BigInt(changed.revision))
        others.delete(changed.id);
      keep(dueRowsAfter(others, [changed], now()));
      return true;
    },
  };
}

/** What a row looks like to the sweep. */
const dueEventOf = ({ id, kind, generation, attempts, revision, due_at }: KeptDueRow): DueEvent => ({
  eventId: id,
  ...{ kind, generation, attempts },
  revision: Number(revision),
  dueAt: due_at,
});

/** Due work for tests of the sweep: rows that are put there by hand, and stay. */
export function createDueWorkInMemory(surroundings: Pick<DueWorkSurroundings, 'now' | 'random'>) {
  let rows = new Map<string, KeptDueRow>();
  let isCaughtUp = true;
  const keep = (after: DueRows) => {
    rows = new Map(after);
  };
  return {
    dueWork: simulatedDueWork({ ...surroundings, rows: () => rows, keep, isCaughtUp: () => isCaughtUp }),
    rows: () => rows,
    /** A row that is due at once by default. */
    put: (id: string, given: Partial<KeptDueRow> = {}) => {
      const row: KeptDueRow = {
        ...{ id, kind: 'command', generation: 0, attempts: 0, revision: '0', due_at: null, recorded_at: null },
        ...{ wait_ms: 0, wait_until: null, askAt: surroundings.now(), asks: 0 },
        ...given,
      };
      rows.set(id, row);
    },
    setCaughtUp: (value: boolean) => {
      isCaughtUp = value;
    },
  };
}
