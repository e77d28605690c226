import { LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { readRebuilds } from '../../../src/application/use-cases/rebuild/read-rebuilds.ts';
import { watchRebuilds } from '../../../src/application/use-cases/rebuild/watch-rebuilds.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import type { RebuildState } from '../../../src/domain/rebuild/state.ts';
import { followLog } from '../../../src/main/follow-log.ts';
import { createRebuilderOf } from '../../../src/main/rebuilding.ts';
import type { ProjectionStore } from '../../../src/projections/projection-store.ts';
import { createProjector } from '../../../src/projections/projector.ts';
import type { Copies } from '../../../src/projections/rebuild/copies.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { byClient, posted } from '../worker/posting.ts';
import { choosing, createSeededRandom } from '../worker/seeded-random.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import { Life } from './life.ts';
import { BESIDE, createSeenTables, type SeenRow, type SeenTables, seenVersions } from './rebuild-tables.ts';
import { createSimulatedTime } from './time.ts';

const STEPS = 80;
/** In which everything that is under way has to come to its end, once nothing fails any more. */
const PEACE_MS = 600_000;
const PROJECTION = seenVersions[0].name;

export interface RebuildingOutcome {
  readonly breaches: readonly string[];
  readonly happened: ReadonlySet<string>;
}

/**
 * Operators rebuild a read model again and again, while events come, processes are killed, frozen and replaced, calls of log and
 * read database fail or are not answered, and rows are changed by others.
 */
export async function liveRebuilding(seed: number): Promise<RebuildingOutcome> {
  const random = createSeededRandom(seed);
  const { below, pick } = choosing(random);
  const time = createSimulatedTime();
  const log = createInMemoryLog('simulated');
  const people = createUseCases({ log, clock: time, random });
  const breaches = new Set<string>();
  const happened = new Set<string>();
  let isWar = true;
  const failureShare = pick([0, 0.01, 0.05]);

  /** By stream, the revision at which another has changed its row in the copy that was read then. */
  const meddledWith = new Map<string, bigint>();
  let comparedStreams: ReadonlySet<string> = new Set();
  let isMeddledSince = false;
  let last: RebuildState | null = null;
  const database = createSeenTables({
    onComparison: () => {
      comparedStreams = new Set(database.live().rows.keys());
      isMeddledSince = false;
    },
    onExchange: ({ besideRebuildId }) => {
      happened.add('exchanged');
      const [live, beside] = [database.live().rows, database.beside()?.rows ?? new Map<string, SeenRow>()];
      const differ = [...comparedStreams].filter((stream) => live.get(stream)?.text !== beside.get(stream)?.text);
      const isPromotion = last?.step === 'promoting' && last.id === besideRebuildId;
      if (isPromotion && differ.length > 0 && !isMeddledSince && last?.isAccepted !== true)
        breaches.add(`${differ.length} rows differ, and were promoted silently`);
    },
  });

  /** One call of a process to log or database: it takes a moment, and may fail, or have an effect that is not answered. */
  const calling =
    (life: Life, failure: (message: string) => Error) =>
    <Given extends readonly unknown[], Result>(act: (...given: Given) => Result) =>
    async (...given: Given): Promise<Awaited<Result>> => {
      await life.step();
      if (isWar && life.random.fraction() < failureShare) {
        happened.add('call fails');
        throw failure('It is away');
      }
      const result = await act(...given);
      await look();
      await life.step();
      if (isWar && life.random.fraction() < failureShare) {
        happened.add('call is not answered');
        throw failure('There was no answer');
      }
      return result;
    };

  function logOf(life: Life): EventLog {
    const call = calling(life, (message) => new LogUnavailable(message));
    return {
      ...log,
      readStream: call(log.readStream),
      head: call(log.head),
      append: async (request) =>
        call(log.append)(request).catch((error: Error) => ({ kind: 'unknown' as const, message: error.message })),
      async *subscribeAll(after, options) {
        for await (const message of log.subscribeAll(after, options)) {
          await call(() => {})();
          yield message;
        }
      },
    };
  }

  let started = 0;
  function begin() {
    const number = started++;
    const life = new Life('projector-0', time, createSeededRandom(seed * 1_000 + number));
    const lease = { name: PROJECTION, owner: String(number), epoch: database.nextEpoch() };
    const { clock } = life;
    const ownLog = logOf(life);
    const place = { clock, logger: silentLogger };
    const call = calling(life, (message) => new ReadDatabaseUnavailable(message));
    const called = (acts: object): unknown =>
      Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, call(act)]));
    const watch = watchRebuilds({ log: ownLog, ...place });
    const rebuilder = createRebuilderOf({
      versions: seenVersions,
      rebuilds: {
        copies: () => called(database.acts) as Copies,
        connections: () => {
          throw new Error('Copies are filled in the thread of the simulation');
        },
        report: async () => {},
      },
      watch,
      log: ownLog,
      projector: ({ readModel, slot }) =>
        createProjector(readModel, {
          store: called(database.store(slot ?? '')) as ProjectionStore,
          ...{ log: ownLog, slot, lease, batching: { fullBatch: 1, intervalMs: 5 }, ...place },
        }),
      follow: (subscriber, copies) =>
        followLog(ownLog, subscriber, {
          ...place,
          streamPrefixes: copies.flatMap(({ readModel: { streamPrefixes } }) => streamPrefixes),
          limits: { maxBatch: 1 + below(4) },
        }),
      useCases: createUseCases({ log: ownLog, clock, random: life.random }),
      ...{ lease, processName: `process ${number}`, ...place },
      limits: { batch: 1 + below(6), page: 1 + below(3), comparedRows: 1 + below(4), exchanges: 3 + below(60) },
    });
    void watch.start();
    void rebuilder.start();
    return life;
  }

  const shown = ({ revision, text }: SeenRow) => `${revision} ${text}`;
  const ofVersion = (version: number) => seenVersions.find((each) => each.version === version) ?? seenVersions[0];
  const historyOf = (stream: string, version: number) =>
    log.all
      .filter((recorded) => recorded.stream === stream)
      .map((recorded) => `${recorded.revision} ${ofVersion(version).decode(recorded)}`);
  const expectedRows = (version: number, { checkpoint }: SeenTables): ReadonlyMap<string, string> => {
    const upTo = checkpoint === null ? -1n : BigInt(checkpoint.split('/')[1] ?? 0);
    const readModel = ofVersion(version);
    const rows = new Map<string, string>();
    for (const recorded of log.all)
      if (recorded.position <= upTo && recorded.stream.startsWith('event-'))
        rows.set(recorded.stream, `${recorded.revision} ${readModel.decode(recorded)}`);
    return rows;
  };
  /** What has to hold after each effect. */
  async function look(): Promise<void> {
    if (database.beside() !== null && !database.copies.has(BESIDE))
      breaches.add('tables are left of a copy that is gone');
    for (const [slot, { version }] of database.copies) {
      const table = database.tables.get(slot);
      if (table === undefined) {
        breaches.add('the tables of a copy are missing');
        continue;
      }
      const expected = expectedRows(version, table);
      for (const stream of new Set([...expected.keys(), ...table.rows.keys()])) {
        const row = table.rows.get(stream);
        if (row !== undefined && meddledWith.get(stream) === row.revision) continue;
        // The copy beside may get what it has already: then its checkpoint follows.
        const isAhead = slot !== '' && row !== undefined && historyOf(stream, version).includes(shown(row));
        if (!isAhead && (row === undefined || shown(row) !== expected.get(stream)))
          breaches.add(`a row of the copy ${slot === '' ? 'that is read' : 'beside'} is not the fold of its history`);
      }
    }
    last = (await readRebuilds(log, PROJECTION)).at(-1) ?? null;
    if (last === null || last.step === 'promoting' || last.step === 'rolling-back') return;
    const isRead = database.copies.get('')?.rebuildId === last.id;
    if (isRead !== (last.outcome === 'promoted'))
      breaches.add(isRead ? 'what is read was not promoted' : 'what was promoted is not read');
  }

  const ask = async (kind: 'CompareRebuild' | 'RollBackRebuild' | 'CancelRebuild' | 'DropRebuild') => {
    const asked = { kind, id: last?.id ?? '', reason: 'because', requestedBy: 'alice' };
    const { ok } = await people.operateRebuild({ projection: PROJECTION, command: asked, context: byClient });
    if (ok) happened.add(kind);
  };
  let keys = 0;
  let processes = [begin()];
  const acts: Readonly<Record<string, () => unknown>> = {
    post: async () => {
      for (let count = 1 + below(5); count > 0; count--) await people.receiveEvent(posted(`key ${keys++}`), byClient);
    },
    discard: async () => {
      const received = await people.receiveEvent(posted(`key ${keys++}`), byClient);
      const now = new Date(time.now()).toISOString();
      const start = { generation: 0, attempt: 1, worker: 'someone', now, leaseExpiresAt: now };
      await time.sleep(below(50));
      await people.startProcessing(received.id, start, byClient);
    },
    request: async () => {
      const version = pick(seenVersions).version;
      const command = {
        kind: 'RequestRebuild',
        id: random.uuid(),
        reason: 'because',
        requestedBy: 'alice',
        version,
      } as const;
      const { ok } = await people.operateRebuild({ projection: PROJECTION, command, context: byClient });
      happened.add(ok ? 'requested' : 'the second is refused');
    },
    promote: async () => {
      const acceptsDifferences = random.fraction() < 0.3;
      const command = {
        kind: 'PromoteRebuild',
        id: last?.id ?? '',
        reason: 'because',
        requestedBy: 'alice',
        acceptsDifferences,
      } as const;
      const result = await people.operateRebuild({ projection: PROJECTION, command, context: byClient });
      if (!result.ok && result.rejection.code === 'rebuild-differs') happened.add('differences are refused');
    },
    compare: () => ask('CompareRebuild'),
    'roll back': () => ask('RollBackRebuild'),
    drop: () => ask('DropRebuild'),
    cancel: () => (random.fraction() < 0.3 ? ask('CancelRebuild') : undefined),
    kill: () => {
      for (const life of processes) life.kill();
      processes = [begin()];
    },
    'take over': async () => {
      const [before] = processes;
      before?.freeze(below(2_000));
      processes = [begin(), ...processes];
      void time.sleep(below(4_000)).then(() => {
        before?.kill();
        processes = processes.filter((life) => life !== before);
      });
    },
    meddle: () => {
      const [stream, row] = pick([...database.live().rows]) ?? [];
      if (stream === undefined || row === undefined) return;
      database.live().rows.set(stream, { ...row, text: 'of another' });
      meddledWith.set(stream, row.revision);
      isMeddledSince = true;
    },
  };
  const often = ['post', 'post', 'discard', 'request', 'request', 'promote', 'promote', 'compare', 'roll back', 'drop'];
  const rare = ['kill', 'take over', 'meddle', 'cancel'];
  for (let step = 0; step < STEPS; step++) {
    const name = pick(random.fraction() < 0.85 ? often : rare);
    happened.add(name);
    const acted = Promise.resolve(acts[name]?.());
    let isDone = false;
    void acted.then(() => {
      isDone = true;
    });
    await time.runUntil(() => isDone, time.passed() + 1_000);
    await time.runUntil(() => false, time.passed() + below(pick([5, 100, 3_000])));
    await look();
  }
  isWar = false;
  await comesToRest();
  for (const life of processes) life.kill();
  return { breaches: [...breaches], happened };

  /** Whatever was asked for is done, and the rows are of the end of the log. */
  async function comesToRest(): Promise<void> {
    const end = () => log.all.findLast(({ stream }) => stream.startsWith('event-'));
    const atEnd = (table: SeenTables | null) =>
      end() === undefined || BigInt(table?.checkpoint?.split('/')[1] ?? -1) >= (end()?.position ?? -1n);
    const isAtRest = () => {
      if (!atEnd(database.live())) return false;
      if (last === null || last.step === 'dropped') return database.beside() === null;
      return (last.step === 'compared' || last.step === 'promoted') && atEnd(database.beside());
    };
    if (!(await time.runUntil(isAtRest, time.passed() + PEACE_MS)))
      breaches.add(`in the end the rebuild is ${last?.step}, and the copies are not of the end of the log`);
    await look();
  }
}
