import { describe, expect, it } from 'vitest';
import { statusOf } from '../../src/api/problem-details.ts';
import type { Route } from '../../src/api/route.ts';
import * as failures from '../../src/application/failures.ts';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import type { TreeReader } from '../../src/application/ports/tree-store.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { allServedRoutes, isGuarded, requestTo } from '../support/api/served-routes.ts';
import { policy } from '../support/domain/transitions.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../support/transparency/anchored-log.ts';
import { createTreeInMemory } from '../support/transparency/tree-in-memory.ts';

/** What reading the log, or appending to it, may end with. */
const ofTheLog = [
  new failures.LogUnavailable('it is away'),
  new failures.LogDamaged('it contradicts itself'),
  new failures.UndecodableTransition('of a later version'),
  new failures.HistoryBroken('event-x'),
  new failures.AppendRefused('too large'),
  new failures.ConcurrencyConflict('a third writer'),
];

/** Of these alone, and not of reading. */
const ofAppending = new Set<string>(['append-refused', 'concurrency-conflict']);

function failingLog(failure: Error): EventLog {
  const fail = () => Promise.reject(failure);
  const failingPages = { [Symbol.asyncIterator]: () => ({ next: fail }) };
  const subscribeAll = () => failingPages;
  return { ...createInMemoryLog(), readStream: fail, readPages: () => failingPages, subscribeAll, append: fail };
}

/** Of a log that was in order when it was signed. */
async function signedTree(): Promise<TreeReader> {
  const [log, tree] = [createInMemoryLog(), createTreeInMemory()];
  await appendHistories(log, 0, 1);
  await followAndSign(anchorOf(log, tree), log);
  return tree;
}

/** Of every type. */
const configured = { name: '*', version: '1', retry: policy, timeoutMs: 30_000, replay: 'safe' } as const;
const configuredTypes = { all: [configured], of: () => configured };

const routes = allServedRoutes();
/** Routes that pass on what a part ended with. */
const documenting = (code: string) => routes.filter(({ problems }) => problems.some((each) => each === code));
const only = (route: Route) => [`${route.method} ${route.path}`, route] as const;

describe('a failure of the log', () => {
  const cases = ofTheLog.flatMap((failure) =>
    documenting(failure.code)
      // What is to be replayed or discarded is read before anything is appended.
      .filter(({ path }) => !ofAppending.has(failure.code) || !path.includes(':id'))
      // Of which events a plan is, rows say: test/api/replay-plans.test.ts.
      .filter(({ method, path }) => method !== 'POST' || path !== '/v1/replay-plans')
      .map((route) => [failure.code, ...only(route), failure] as const),
  );

  it.each(cases)('is answered as it is documented: %s, %s', async (code, _name, route, failure) => {
    // Keys are known already, so that the request comes as far as the log.
    const { apiKeys } = apiUnderTest();
    const auditTree = await signedTree();
    const api = apiUnderTest({ log: failingLog(failure), apiKeys, auditTree, configuredTypes });
    const answer = await api.call({ ...requestTo(route), as: 'corrector' });
    expect(answer.json()).toMatchObject({ code, status: statusOf({ code }) });
    expect(answer.body).not.toContain(failure.message);
  });
});

describe('a failure of the read database', () => {
  const cases = [
    new failures.ReadDatabaseUnavailable('it is away'),
    new failures.ReadDatabaseRefused('it is too large'),
  ].flatMap((failure) =>
    documenting(failure.code)
      .filter(({ path }) => !path.includes(':id'))
      .map((route) => [failure.code, ...only(route), failure] as const),
  );

  it.each(cases)('is answered as it is documented: %s, %s', async (code, _name, route, failure) => {
    const readDatabase = () => {
      throw failure;
    };
    const cursorKey = () => Promise.reject(failure);
    // A list that is not of the read database asks it for the key of cursors alone.
    const query = route.query !== undefined && 'cursor' in route.query.shape ? { cursor: 'any' } : {};
    const answer = await apiUnderTest({ readDatabase, cursorKey }).call({ ...requestTo(route), query });
    expect(answer.json()).toMatchObject({ code, status: statusOf({ code }) });
    expect(answer.body).not.toContain(failure.message);
  });
});

describe('a failure of the issuer of tokens', () => {
  it.each(routes.filter(isGuarded).map(only))('is no refusal: %s', async (_name, route) => {
    const authenticate = () => Promise.reject(new failures.IssuerUnavailable('it is away'));
    const answer = await apiUnderTest({ authenticator: { authenticate } }).call(requestTo(route));
    expect(answer.json()).toMatchObject({ code: 'issuer-unavailable', status: 503 });
  });

  it.each(routes.filter(isGuarded).map(only))(
    'that has no name is one of ours, and says nothing: %s',
    async (...[, route]) => {
      const authenticate = () => Promise.reject(new TypeError('secret of the library'));
      const answer = await apiUnderTest({ authenticator: { authenticate } }).call(requestTo(route));
      expect(answer.json()).toMatchObject({ code: 'internal-error', status: 500 });
      expect(answer.body).not.toContain('secret');
    },
  );
});

describe('a principal that has sent all that it may', () => {
  it.each(routes.filter(isGuarded).map(only))('is refused: %s', async (_name, route) => {
    const { call } = apiUnderTest({ rateLimits: { requestsPerMinute: 1, actsPerMinute: 1 } });
    await call(requestTo(route));
    const answer = await call(requestTo(route));
    expect(answer.json()).toMatchObject({ code: 'quota-exceeded', status: 429 });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});
