import type { LightMyRequestResponse } from 'fastify';
import { beforeAll, expect, it } from 'vitest';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { type ApiUnderTest, openApi } from '../api/api-under-test.ts';
import { eventLife } from '../api/event-life.ts';
import type { ReadTables } from '../api/read-tables.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import type { CorpusCase } from './cases.ts';
import { grammarCases } from './grammar.ts';
import { numberCases } from './numbers.ts';
import { eventsIn, inBatches, payloadIn, sendAll } from './sending.ts';
import { shapeCases } from './shapes.ts';
import { textCases } from './texts.ts';

const cases: readonly CorpusCase[] = [...grammarCases, ...numberCases, ...textCases, ...shapeCases];
const idIn = (event: Buffer) => event.toString('latin1', 7, 43);

/** Sends hostile bodies once, and looks at the outcomes by every route. */
export function corpusSuite(tables: ReadTables): void {
  const log: EventLog = createInMemoryLog();
  let api: ApiUnderTest;
  let answers: readonly LightMyRequestResponse[] = [];
  /** The events that were taken, as their first answers have them, by id. */
  const events = new Map<string, { readonly bytes: Buffer; readonly one: CorpusCase; readonly index: number }>();

  beforeAll(async () => {
    api = openApi({ log, readDatabase: tables.readDatabase });
    answers = await sendAll(api, cases);
    for (const [index, one] of cases.entries()) {
      const bytes = answers[index]?.rawPayload;
      if (one.verdict === 'taken' && bytes !== undefined) events.set(idIn(bytes), { bytes, one, index });
    }
    await tables.project(log);
    return () => api.server.close();
  });

  /** Every event of the corpus once, byte for byte as `expected` has it. */
  const expectAll = (found: readonly Buffer[], expected: (id: string) => Buffer | undefined) => {
    expect(new Set(found.map(idIn))).toEqual(new Set(events.keys()));
    for (const bytes of found) {
      const id = idIn(bytes);
      expect([events.get(id)?.one.name, bytes.equals(expected(id) ?? Buffer.alloc(0))]).toEqual([
        events.get(id)?.one.name,
        true,
      ]);
    }
  };
  const pages = async (path: string) => {
    const found: Buffer[] = [];
    for (let cursor = ''; ; ) {
      const answer = await api.call({ url: `${path}?limit=200${cursor}` });
      expect(answer.statusCode).toBe(200);
      found.push(...eventsIn(answer));
      const next = /"nextCursor":"([\w-]+)"\}$/.exec(answer.body)?.[1];
      if (next === undefined) return found;
      cursor = `&cursor=${next}`;
    }
  };

  it('takes each body byte for byte, or refuses it in words, and never fails', async () => {
    for (const [index, { name, verdict, payload }] of cases.entries()) {
      const answer = answers[index];
      if (verdict === 'taken') {
        expect([name, answer?.statusCode]).toEqual([name, 201]);
        expect([name, payloadIn(answer?.rawPayload ?? payload).toString()]).toEqual([name, trimmed(payload)]);
      } else {
        expect([name, [400, 413].includes(answer?.statusCode ?? 0)]).toEqual([name, true]);
        expect(answer?.headers['content-type']).toContain('problem+json');
      }
    }
    expect(await api.recorded()).toHaveLength(events.size);
  });

  it('answers the same bytes to the same body again, alone and in batches', async () => {
    for (const { index, bytes, one } of events.values()) {
      const again = await sendAll(api, [one], index);
      expect([one.name, again[0]?.statusCode, again[0]?.rawPayload.equals(bytes)]).toEqual([one.name, 200, true]);
    }
    const found: Buffer[] = [];
    for (const payload of inBatches([...events.values()])) {
      const headers = { 'content-type': 'application/json' };
      found.push(...eventsIn(await api.call({ method: 'POST', url: '/v1/events/batch', headers, payload })));
    }
    expectAll(found, (id) => events.get(id)?.bytes);
  });

  it('reads the same from rows, from the log and from lists, under one ETag', async () => {
    for (const [id, { one, bytes, index }] of events) {
      const [fromRow, fromLog] = [
        await api.call({ url: `/v1/events/${id}` }),
        await api.call({ url: `/v1/events/${id}?waitFor=RECEIVED` }),
      ];
      for (const answer of [fromRow, fromLog]) {
        expect([one.name, answer.statusCode, answer.rawPayload.equals(bytes)]).toEqual([one.name, 200, true]);
        expect(answer.headers['etag']).toBe(answers[index]?.headers['etag']);
      }
    }
    expectAll(await pages('/v1/events'), (id) => events.get(id)?.bytes);
  });

  it('reads the same of dead letters, replays and discards', async () => {
    for (const id of events.keys()) {
      const life = eventLife(log, api.clock, id);
      await life.start();
      await life.failForGood();
    }
    await tables.project(log);
    const dead = new Map((await pages('/v1/dead-letters')).map((bytes) => [idIn(bytes), bytes]));
    expectAll([...dead.values()], (id) => dead.get(id));
    const headers = { 'content-type': 'application/json' };
    for (const [index, id] of [...events.keys()].entries()) {
      const fromLog = await api.call({ url: `/v1/events/${id}?waitFor=DEAD` });
      expect(fromLog.rawPayload.equals(dead.get(id) ?? Buffer.alloc(0))).toBe(true);
      const url = index % 2 === 0 ? `/v1/events/${id}/replay` : `/v1/dead-letters/${id}/discard`;
      const done = await api.call({ method: 'POST', url, headers, payload: '{"reason":"x"}' });
      const sent = trimmed(events.get(id)?.one.payload ?? Buffer.alloc(0));
      expect([index % 2 === 0 ? 202 : 200, sent]).toEqual([done.statusCode, payloadIn(done.rawPayload).toString()]);
    }
  });
}

/** JSON's own white space around a value is none of the value. */
const trimmed = (payload: Buffer) => payload.toString().replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
