import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, askOnce, askUntilCertain, isCertain, type Question, type Service } from '../load/ask.ts';
import { type Fate, types } from '../load/fates.ts';
import type { WitnessFile } from '../load/witness-file.ts';

const AT_ONCE = 4;
/** Few events, so that a process that starts again is soon through with what was left. */
const PAUSE_MS = 100;
const KEYS_PAUSE_MS = 2_000;

export interface Traffic {
  /** Resolves once so many more events have their 2xx. */
  acknowledged(more: number): Promise<void>;
  /** Resolves once all that was begun is answered for certain. @throws when an answer was none that may come. */
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly service: Service;
  readonly witness: WitnessFile;
  readonly source: string;
  /** As `performance.now()` has it: by then everything has to be answered. */
  readonly deadline: number;
}

/**
 * A little of everything that can happen to an event, again and again, by clients that stop after their 2xx: success,
 * retries, exhausted retries, dead letters of both kinds, a replay and a discard. Beside them, API keys that are created,
 * used and revoked.
 */
export function startTraffic({ service, witness, source, deadline }: TrafficOptions): Traffic {
  let isStopping = false;
  let posted = 0;
  let acknowledged = 0;
  const waiting: { readonly until: number; readonly settle: () => void }[] = [];

  const post = async (fate: Fate): Promise<string> => {
    const number = posted++;
    const idempotencyKey = `${source}/${number}`;
    const payload = JSON.stringify({ number });
    const answer = await askUntilCertain(
      service,
      {
        path: '/v1/events',
        headers: { 'idempotency-key': idempotencyKey },
        body: JSON.stringify({ type: types[fate], source, payload: { number } }),
      },
      deadline,
    );
    const { id: eventId } = expected(answer) as { readonly id: string };
    await witness.acknowledged({ eventId, idempotencyKey, payload });
    acknowledged += 1;
    for (const { until, settle } of waiting) if (acknowledged >= until) settle();
    return eventId;
  };

  const reach = async (eventId: string, status: string) => {
    const path = `/v1/events/${eventId}?waitFor=${status}&timeoutMs=1000`;
    for (;;) {
      const { status: is } = expected(await askUntilCertain(service, { path }, deadline)) as {
        readonly status: string;
      };
      // Repeated expiries of its lease may have made a dead letter of any event.
      if (is === status || is === 'DEAD') return;
    }
  };

  /** Until it is certain; what a refusal tells of a request that was repeated is nothing. */
  const replay = async (eventId: string) => {
    const requestId = randomUUID();
    const headers = { 'x-request-id': requestId, 'idempotency-key': requestId };
    const question = { path: `/v1/events/${eventId}/replay`, headers, body: JSON.stringify({ reason: 'once more' }) };
    const first = await askOnce(service, 0, question);
    const { status } = isCertain(first) ? first : await askUntilCertain(service, question, deadline);
    if (status < 300 || first?.status === status) await witness.answered({ requestId, eventId, wasDone: status < 300 });
  };

  /** Once: it has no key under which it could be repeated. */
  const discard = async (eventId: string) => {
    const requestId = randomUUID();
    const headers = { 'x-request-id': requestId };
    const question: Question = {
      path: `/v1/dead-letters/${eventId}/discard`,
      headers,
      body: JSON.stringify({ reason: 'nobody needs it' }),
    };
    const answer = await askOnce(service, 0, question);
    if (isCertain(answer)) await witness.answered({ requestId, eventId, wasDone: answer.status < 300 });
  };

  const isLetIn = async (token: string) => {
    const answer = await askUntilCertain({ ...service, token }, { path: '/v1/me' }, deadline);
    if (answer.status !== 200 && answer.status !== 401) expected(answer);
    return answer.status === 200;
  };

  /** One key from its beginning to its end. Where the answer that held it was lost, it is revoked all the same. */
  const liveOfKey = async () => {
    const asked = { name: 'a till', permissions: ['events:write'] };
    const headers = { 'idempotency-key': randomUUID() };
    const question = { path: '/v1/api-keys', headers, body: JSON.stringify(asked) };
    const { id, key } = expected(await askUntilCertain(service, question, deadline)) as ApiKey;
    const revocation = { path: `/v1/api-keys/${id}/revoke`, body: JSON.stringify({ reason: 'it was sold' }) };
    if (key !== undefined) while (!(await isLetIn(key))) await pause(PAUSE_MS);
    expected(await askUntilCertain(service, revocation, deadline));
    if (key !== undefined) while (await isLetIn(key)) await pause(PAUSE_MS);
    // What an admin does is limited in number, and the others have acts as well.
    await pause(KEYS_PAUSE_MS);
  };

  const round = async (number: number) => {
    const steady = await post('steady');
    const refused = await post('refused');
    await post('stumbling');
    if (number % 4 === 0) await post('unhandled');
    if (number % 8 === 0) await post('poison');
    await reach(steady, 'PROCESSED');
    await replay(steady);
    await reach(refused, 'DEAD');
    await discard(refused);
  };
  const again = async (act: (number: number) => Promise<unknown>) => {
    for (let number = 0; !isStopping; number++) {
      await act(number);
      await pause(PAUSE_MS);
    }
  };
  const lanes = Promise.all([
    // Goes on while nobody works on the events, and the rounds wait.
    again(() => post('steady')),
    again(liveOfKey),
    ...Array.from({ length: AT_ONCE }, () => again(round)),
  ]);
  // Told by `stop`.
  lanes.catch(() => {});

  return {
    acknowledged: async (more) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ until: acknowledged + more, settle: resolve });
      await Promise.race([promise, lanes]);
    },
    stop: async () => {
      isStopping = true;
      await lanes;
    },
  };
}

interface ApiKey {
  readonly id: string;
  /** In the first answer alone. */
  readonly key?: string;
}

function expected({ status, body }: Answer): unknown {
  if (status >= 300) throw new Error(`An answer that may not come: ${status} ${JSON.stringify(body)}`);
  return body;
}
