import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createCatchUpInThread, type FillingInThread } from '../../../src/main/filling/fill-in-thread.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { createProjectionStore } from '../../../src/projections/projection-store.ts';
import { createCatchUp } from '../../../src/projections/rebuild/fill.ts';
import { lendConnections } from '../../../src/projections/rebuild/lend-connections.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { rowsOf } from '../../support/projections/tables-of-read-models.ts';
import { projectorOf } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const db = readTablesOfThisFile();
const forGood = () => new AbortController().signal;
/** What a text of the log may have, and a text in an array of PostgreSQL may not have as it is. */
const awkward = ['"', String.raw`\ "\"`, '{},NULL', "it's", 'ünï ☃ 𝄞', '[1, 2]\n\t '];

async function logWith(count: number) {
  const log = createInMemoryLog();
  const useCases = createUseCases({ log, clock: systemClock, random: systemRandom });
  for (let number = 0; number < count; number++) {
    const payload = JSON.stringify({ number, text: awkward[number % awkward.length] });
    const key = `${number} ${awkward[number % awkward.length]?.trim()}`;
    const { id } = await useCases.receiveEvent(posted(key, { payload }), byClient);
    const now = new Date().toISOString();
    const start = { generation: 0, attempt: 1, worker: 'one', now, leaseExpiresAt: now };
    if (number % 2 === 0) await useCases.startProcessing(id, start, byClient);
  }
  return log;
}

const inThread = (given: Pick<FillingInThread, 'log'> & Partial<FillingInThread>) =>
  createCatchUpInThread({
    ...{ lease: null, passOverUpTo: null, limits: { batch: 7, page: 3 }, logger: silentLogger, onWritten: () => {} },
    connections: () => lendConnections(db()),
    ...given,
  });

describe('a copy that is filled in a thread', () => {
  it('has the rows that are made without it, and says how far it is', async () => {
    const log = await logWith(40);
    const here = createCatchUp({
      ...{ log, onWritten: () => {} },
      projector: ({ readModel, slot }) =>
        projectorOf(readModel, db(), { slot, store: createProjectionStore(db(), readModel, slot) }),
    });
    expect(await here({ readModel: events, slot: 'made here' }, forGood())).toBe(60);
    let [last, transitions] = [-1n, 0];
    const fill = inThread({
      log,
      onWritten: ({ position }, more) => {
        expect(position).toBeGreaterThan(last);
        last = position;
        transitions += more;
      },
    });
    expect(await fill({ readModel: events, slot: 'made there' }, forGood())).toBe(60);
    expect([last, transitions]).toEqual([59n, 60]);
    const rows = await rowsOf(db(), events, 'made there');
    expect(rows).toHaveLength(40);
    expect(rows).toEqual(await rowsOf(db(), events, 'made here'));
    expect(await fill({ readModel: events, slot: 'made there' }, forGood())).toBe(0);
  });

  it('is left as it was before the batch that was under way when it is given up', async () => {
    const log = await logWith(10);
    const givenUp = new AbortController();
    const lent = lendConnections(db());
    const isInsert = (text: string) => text.includes('insert into "given up"');
    const fill = inThread({
      log,
      connections: () => ({
        ...lent,
        async query(connection, text, values) {
          const result = await lent.query(connection, text, values);
          if (isInsert(text)) givenUp.abort(new Error('an operator cancelled it'));
          return result;
        },
      }),
    });
    await expect(fill({ readModel: events, slot: 'given up' }, givenUp.signal)).rejects.toThrow(
      'an operator cancelled it',
    );
    expect(await rowsOf(db(), events, 'given up')).toEqual([]);
    expect(await inThread({ log })({ readModel: events, slot: 'given up' }, forGood())).toBe(15);
  });

  it('lends nothing any more while the log is still to let go of the subscription', async () => {
    const log = await logWith(10);
    const givenUp = new AbortController();
    const lent = lendConnections(db());
    let rows: unknown = null;
    const fill = inThread({
      log: {
        ...log,
        subscribeAll: (after, options) => ({
          [Symbol.asyncIterator]() {
            const messages = log.subscribeAll(after, options)[Symbol.asyncIterator]();
            const letGo = async () => {
              rows = await rowsOf(db(), events, 'let go');
              throw new LogUnavailable('The log does not answer');
            };
            return { next: () => messages.next(), return: letGo };
          },
        }),
      },
      connections: () => ({
        ...lent,
        async query(connection, text, values) {
          const result = await lent.query(connection, text, values);
          if (text.includes('insert into "let go"')) givenUp.abort(new Error('an operator cancelled it'));
          return result;
        },
      }),
    });
    await expect(fill({ readModel: events, slot: 'let go' }, givenUp.signal)).rejects.toThrow(
      'an operator cancelled it',
    );
    expect(rows).toEqual([]);
  });

  it('fails as log and read database do, so that it is known what is tried again', async () => {
    const log = await logWith(5);
    const copy = { readModel: events, slot: 'failing' };
    const away = () => {
      throw new LogUnavailable('The log is away');
    };
    await expect(inThread({ log: { ...log, subscribeAll: away } })(copy, forGood())).rejects.toThrow(LogUnavailable);
    const silent = async () => {
      throw new ReadDatabaseUnavailable('The read database is away');
    };
    const connections = () => ({ ...lendConnections(db()), query: silent });
    await expect(inThread({ log, connections })(copy, forGood())).rejects.toThrow(ReadDatabaseUnavailable);
    const unknown = { ...events, version: 99 };
    await expect(inThread({ log })({ ...copy, readModel: unknown }, forGood())).rejects.toThrow(
      'There is no read model events of version 99',
    );
  });
});
