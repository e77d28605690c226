import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import { systemSecretSource } from '../../../src/adapters/system/secret-source.ts';
import { buildServer } from '../../../src/api/build-server.ts';
import type { ApiDependencies } from '../../../src/api/dependencies.ts';
import { type ApiKeys, followApiKeys } from '../../../src/application/api-keys/follow-api-keys.ts';
import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { Principal } from '../../../src/application/ports/authenticator.ts';
import type { EventLog, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { KeyUses } from '../../../src/application/ports/key-uses.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { createSegmentsInMemory } from '../segments-in-memory.ts';
import { createTreeInMemory } from '../transparency/tree-in-memory.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import { holdToDeclarations } from './held-to-declarations.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

const caller = (clientId: string, roles: readonly string[], scopes: readonly string[] = []): Principal => ({
  clientId,
  subject: `${clientId}-subject`,
  roles,
  scopes,
  tokenId: `token-of-${clientId}`,
});

/** Who calls: the token is the name. */
const callers: Readonly<Record<string, Principal>> = {
  admin: caller('admin', ['admin']),
  corrector: caller('corrector', ['admin'], ['events:correct']),
  'key-maker': caller('key-maker', [], ['access:manage', 'events:write']),
  operator: caller('operator', ['operator']),
  auditor: caller('auditor', ['auditor']),
  viewer: caller('viewer', ['viewer']),
  reader: caller('reader', [], ['events:read']),
  shop: caller('shop', [], ['events:write']),
  'other-shop': caller('other-shop', [], ['events:write']),
  nobody: caller('nobody', []),
};

export interface ApiUnderTest {
  readonly server: ReturnType<typeof buildServer>;
  readonly log: EventLog;
  readonly clock: ManualClock;
  readonly apiKeys: ApiKeys;
  /** As `admin` by default; `null` sends no token. */
  call(request: InjectOptions & { readonly as?: string | null }): Promise<LightMyRequestResponse>;
  /** Posts one event as JSON. */
  post(body: unknown, headers?: Readonly<Record<string, string>>, as?: string): Promise<LightMyRequestResponse>;
  /** Everything in the log. */
  recorded(): Promise<readonly RecordedTransition[]>;
}

function keyUsesInMemory(): KeyUses {
  const kept = new Map<string, string>();
  return {
    lastUses: async () => kept,
    save: async (uses) => {
      for (const [id, hour] of uses) kept.set(id, hour);
    },
  };
}

/** What its cursors are made with. */
export const cursorKey = Buffer.alloc(32, 'key');

type Given = Partial<ApiDependencies> & { readonly log?: EventLog };

/**
 * The API on a log in memory, without read tables, its clock standing still. Closed with the test. Answers that their route
 * does not declare fail the test.
 */
export function apiUnderTest(given: Given = {}): ApiUnderTest {
  const api = openApi(given);
  onTestFinished(() => api.server.close());
  return api;
}

/** The same, for whoever closes its server. */
export function openApi(given: Given = {}): ApiUnderTest {
  const log = given.log ?? createInMemoryLog();
  const clock = manualClock();
  const random = { uuid: randomUUID, fraction: () => 0 };
  const apiKeys = given.apiKeys ?? followApiKeys({ log, clock, logger: silentLogger, reportBroken: () => {} });
  const server = buildServer({
    useCases: createUseCases({ log, clock, random }),
    readDatabase: () => {
      throw new ReadDatabaseUnavailable('There is none');
    },
    rowRepair: {
      requireAvailable() {
        throw new ReadDatabaseUnavailable('There is none');
      },
      repair: async () => ({ kind: 'repaired', tables: [] }),
    },
    auditTree: createTreeInMemory(),
    logSegments: createSegmentsInMemory(),
    authenticator: { authenticate: async (token) => callers[token] ?? null },
    keyUses: keyUsesInMemory(),
    secrets: systemSecretSource,
    cursorKey: async () => cursorKey,
    readinessChecks: [],
    replayPermissionOf: (type) => (type.startsWith('once.') ? 'never' : 'safe'),
    clock,
    random,
    logger: silentLogger,
    ...given,
    apiKeys,
    log,
  });
  server.addHook('onClose', () => apiKeys.stop());
  endWhatIsEndless(server);
  const declarations = holdToDeclarations(server);
  const call: ApiUnderTest['call'] = async ({ as = 'admin', headers, ...request }) => {
    const authorization = as === null ? {} : { authorization: `Bearer ${as}` };
    const answer = await server.inject({ ...request, headers: { ...authorization, ...headers } });
    declarations.check();
    return answer;
  };
  return {
    server,
    log,
    clock,
    apiKeys,
    call,
    post: (body, headers = {}, as = 'admin') =>
      call({
        as,
        method: 'POST',
        url: '/v1/events',
        headers: { 'content-type': 'application/json', ...headers },
        payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      }),
    recorded: async () => {
      for await (const message of log.subscribeAll(null)) {
        if (message.kind === 'transitions') return message.transitions;
        if (message.kind === 'caught-up') return [];
      }
      return [];
    },
  };
}

/** An answer without an end would never be one here: it has a head alone, unless it is asked for over a connection. */
function endWhatIsEndless(server: FastifyInstance): void {
  server.addHook('onSend', async (request, _reply, payload) => {
    const { isEndless = false } = request.routeOptions.config.route ?? {};
    return isEndless && payload instanceof Readable && !(request.raw.socket instanceof Socket) ? '' : payload;
  });
}

export const order = { type: 'order.placed', source: 'shop', payload: { orderId: 'A-1' } };
