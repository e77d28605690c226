import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';
import type { ReceivedSpan } from '../../support/otlp/decode-traces.ts';
import { startOtlpReceiver } from '../../support/otlp/receiver.ts';

const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: traces over the full profile, because ${missing}\n`);

const handlersFile = fileURLToPath(new URL('../../support/otlp/eventops.config.ts', import.meta.url));
const CLIENT = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) };
const HOSTILE = `00-${'0'.repeat(32)}-'; drop table events--01`;

describe.skipIf(missing !== null)('on the full profile', { timeout: 60_000 }, () => {
  /** What the service that handlers call was sent. */
  const seenDownstream: string[] = [];
  const ids = { retried: '', cursed: '', hostile: '' };
  let spans: readonly ReceivedSpan[] = [];
  let histories: Readonly<Record<keyof typeof ids, { readonly items: readonly Record<string, unknown>[] }>>;
  let sentTo: ReadonlySet<string> = new Set();
  const lines: string[] = [];
  let exitCodes: readonly (number | null)[] = [];

  beforeAll(async () => {
    const receiver = await startOtlpReceiver();
    const downstream = createServer((request, response) => {
      seenDownstream.push(String(request.headers['traceparent']));
      response.end();
    });
    await new Promise<void>((resolve) => downstream.listen(0, '127.0.0.1', resolve));
    const { port } = downstream.address() as AddressInfo;
    const profile = await startFullProfile(
      { api: 1, projector: 1, dispatcher: 1, worker: 1 },
      {
        handlersFile,
        onLine: (line) => lines.push(line),
        envOf: () => ({
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTEL_BSP_SCHEDULE_DELAY: '50',
          DOWNSTREAM_URL: `http://127.0.0.1:${port}`,
        }),
      },
    );
    const authorization = `Bearer ${profile.token}`;
    // oxlint-disable-next-line typescript/no-explicit-any -- as JSON comes
    const ask = async (path: string, init: RequestInit = {}): Promise<any> => {
      const answer = await fetch(`${profile.apiUrls()[0]}${path}`, {
        ...init,
        headers: { authorization, 'content-type': 'application/json', ...init.headers },
      });
      return answer.json();
    };
    const post = async (type: string, headers: Readonly<Record<string, string>>): Promise<string> => {
      const body = JSON.stringify({ type, source: 'shop', payload: {} });
      const { id } = await ask('/v1/events', {
        ...{ method: 'POST', body },
        headers: { 'idempotency-key': randomUUID(), ...headers },
      });
      return id;
    };
    const sampled = `00-${CLIENT.traceId}-${CLIENT.spanId}-01`;
    ids.retried = await post('order.placed', { traceparent: sampled, tracestate: 'shop=till-7' });
    ids.cursed = await post('order.cursed', {});
    ids.hostile = await post('order.placed', { traceparent: HOSTILE, tracestate: 'a=b', baggage: 'secret=hostile' });
    for (const id of Object.values(ids)) await ask(`/v1/events/${id}?waitFor=PROCESSED&timeoutMs=20000`);
    // Rows are there when the last transition of each event has been projected.
    const isProjected = (all: readonly ReceivedSpan[], id: string, revision: number) =>
      all.some(
        ({ name, attributes }) =>
          name === 'project events' &&
          attributes['eventops.stream'] === `event-${id}` &&
          attributes['eventops.revision'] === revision,
      );
    await receiver.until(
      (all) => isProjected(all, ids.retried, 8) && isProjected(all, ids.cursed, 6) && isProjected(all, ids.hostile, 8),
    );
    const historyOf = (id: string) => ask(`/v1/events/${id}/history`);
    histories = {
      retried: await historyOf(ids.retried),
      cursed: await historyOf(ids.cursed),
      hostile: await historyOf(ids.hostile),
    };
    // Each sends what it still has.
    exitCodes = await Promise.all(profile.processes().map((each) => each.stop()));
    spans = receiver.spans;
    sentTo = new Set(receiver.requests.map(({ path, headers }) => `${path} ${headers['content-type']}`));
    await profile.stop();
    await receiver.close();
    downstream.close();
  }, 120_000);

  const named = (name: string) => spans.filter((span) => span.name === name);
  const inTrace = (traceId: string) => spans.filter((span) => span.traceId === traceId);
  const attemptsOf = (id: string) =>
    named('process eventops.process')
      .filter(({ attributes }) => attributes['eventops.event.id'] === id)
      .sort((one, other) => Number(one.attributes['eventops.attempt']) - Number(other.attributes['eventops.attempt']));
  /** Names from a span up to the root of what was received. */
  const upFrom = (span: ReceivedSpan): readonly string[] => {
    const parent = spans.find(({ traceId, spanId }) => traceId === span.traceId && spanId === span.parentSpanId);
    return [span.name, ...(parent ? upFrom(parent) : [])];
  };

  it("an event's trace goes on from its client's, through the log and the dispatcher, to the row", () => {
    const [server] = inTrace(CLIENT.traceId).filter(({ kind }) => kind === 'SERVER');
    expect(server).toMatchObject({ name: 'POST /v1/events', parentSpanId: CLIENT.spanId, traceState: 'shop=till-7' });
    expect(server?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/v1/events',
      'url.scheme': 'http',
      'http.response.status_code': 201,
    });
    const paths = inTrace(CLIENT.traceId).map((span) => upFrom(span).join(' < '));
    for (const name of ['append event', 'send eventops.process', 'project events', 'project due-work'])
      expect(paths).toContain(`${name} < POST /v1/events`);
  });

  it('each attempt is a trace of its own, linked to the request and to the attempt before', () => {
    const attempts = attemptsOf(ids.retried);
    expect(attempts.map(({ attributes }) => attributes['eventops.attempt.outcome'])).toEqual([
      'retried',
      'retried',
      'succeeded',
    ]);
    expect(new Set(attempts.map(({ traceId }) => traceId)).size).toBe(3);
    for (const [index, { links, parentSpanId, status }] of attempts.entries()) {
      expect({ parentSpanId, status }).toEqual({ parentSpanId: null, status: 'UNSET' });
      expect(links[0]?.traceId).toBe(CLIENT.traceId);
      const before = attempts[index - 1];
      expect(links[1]).toEqual(
        before && {
          ...{ traceId: before.traceId, spanId: before.spanId },
          attributes: { 'eventops.link': 'previous-attempt' },
        },
      );
    }
    const recorded = histories.retried.items.filter(({ type }) => type === 'ProcessingStarted');
    expect(recorded.map(({ traceparent }) => traceparent)).toEqual(
      attempts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
    );
  });

  it('an attempt goes through its claim, its handler, what the handler calls, and its outcome to the row', () => {
    for (const [id, call] of [
      [ids.retried, 'POST'],
      [ids.cursed, 'GET'],
    ] as const)
      for (const { traceId } of attemptsOf(id)) {
        const paths = inTrace(traceId).map((span) => upFrom(span).join(' < '));
        const handler = id === ids.retried ? 'handle order.placed' : 'handle order.cursed';
        for (const path of ['append event', 'project events', handler, `${call} < ${handler}`])
          expect(paths).toContain(`${path} < process eventops.process`);
      }
  });

  it('a service that a handler calls is in the trace, whichever client the handler calls it with', () => {
    const calls = spans.filter(
      ({ kind, attributes }) => kind === 'CLIENT' && attributes['server.address'] === '127.0.0.1',
    );
    expect(calls.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).sort()).toEqual(seenDownstream.sort());
    expect(calls).toHaveLength(3 + 2 + 3);
    expect(JSON.stringify(calls.map(({ attributes }) => attributes))).not.toMatch(/secret|orders/);
  });

  it('a final failure is told apart from one that is retried, and dead-lettering is a span', () => {
    const attempts = attemptsOf(ids.cursed);
    expect(attempts.map(({ status, attributes }) => [status, attributes['eventops.attempt.outcome']])).toEqual([
      ['UNSET', 'retried'],
      ['ERROR', 'dead-lettered'],
    ]);
    expect(attempts.map(({ attributes }) => attributes['error.type'])).toEqual(['TypeError', 'TypeError']);
    expect(named('dead-letter').map((span) => [upFrom(span), span.traceId])).toEqual([
      [['dead-letter', 'process eventops.process'], attempts[1]?.traceId],
    ]);
  });

  it('lines of the log about an attempt name its trace', () => {
    const about = lines
      .filter((line) => line.includes('"attempt":'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(about.map(({ msg }) => msg)).toContain(
      'a dead letter: replay it once the cause is corrected, or discard it',
    );
    for (const { eventId, attempt, trace_id, span_id } of about) {
      const span = attemptsOf(String(eventId)).find(({ attributes }) => attributes['eventops.attempt'] === attempt);
      expect({ trace_id, span_id }).toEqual({ trace_id: span?.traceId, span_id: span?.spanId });
    }
  });

  it('every process sends what it has, and ends well', () => {
    expect(exitCodes).toEqual([0, 0, 0, 0]);
  });

  it('no span is an orphan, names what was thrown, or bears an event', () => {
    const known = new Set([...spans, CLIENT].map(({ traceId, spanId }) => `${traceId}-${spanId}`));
    const orphans = spans.filter(
      ({ traceId, parentSpanId }) => parentSpanId !== null && !known.has(`${traceId}-${parentSpanId}`),
    );
    expect(orphans.map(({ name }) => name)).toEqual([]);
    const links = spans.flatMap(({ links: ofSpan }) => ofSpan.map(({ traceId, spanId }) => `${traceId}-${spanId}`));
    expect(links.filter((link) => !known.has(link))).toEqual([]);
    expect(spans.filter(({ events, statusMessage }) => events > 0 || statusMessage !== '')).toEqual([]);
  });

  it('a hostile traceparent and its baggage are dropped, and a trace of our own is recorded instead', () => {
    const text = JSON.stringify(histories.hostile);
    expect(text).not.toMatch(/drop table|hostile|"tracestate"|baggage/);
    const [received] = histories.hostile.items;
    const [server] = named('POST /v1/events').filter(
      ({ traceId }) => traceId === String(received?.['traceparent']).split('-')[1],
    );
    expect(server?.parentSpanId).toBeNull();
  });

  it("the client's tracestate is kept with the event", () => {
    expect(histories.retried.items.map(({ type, tracestate }) => [type, tracestate]).slice(0, 2)).toEqual([
      ['EventReceived', 'shop=till-7'],
      ['ProcessingStarted', undefined],
    ]);
  });

  it('spans say by which version of the conventions their names are, and which process they are of', () => {
    expect(sentTo).toEqual(new Set(['/v1/traces application/x-protobuf']));
    expect(new Set(spans.map(({ schemaUrl }) => schemaUrl))).toEqual(
      new Set(['https://opentelemetry.io/schemas/1.40.0']),
    );
    expect(new Set(spans.map(({ resource }) => String(resource['eventops.roles']))).size).toBe(4);
    expect(new Set(spans.map(({ resource }) => resource['service.name']))).toEqual(new Set(['eventops']));
  });
});
