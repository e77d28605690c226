import { setTimeout as pause } from 'node:timers/promises';
import { type Call, Unexpected } from './client.ts';

export interface Smoke {
  readonly call: Call;
  /** Which events are of this run. */
  readonly run: string;
  /** An event that a handler processes, and one that becomes a dead letter. */
  readonly processed: { readonly type: string; readonly payload: unknown };
  readonly dead: { readonly type: string; readonly payload: unknown };
}

export interface Step {
  readonly name: string;
  /** What was seen, in a few words. @throws {Unexpected} */
  readonly take: () => Promise<string>;
}

/** The read tables follow the log by about a second. */
const LIST_PATIENCE_MS = 60_000;
const LIST_PAUSE_MS = 500;

/** From a post to a replay, each on what the one before left. */
export function stepsOf({ call, run, processed, dead }: Smoke): readonly Step[] {
  const source = `smoke/${run}`;
  let event = '';
  let deadLetter = '';
  const post = async (what: Smoke['processed'], key: string, expected: readonly number[]) => {
    const { body } = await call('POST', '/v1/events', expected, { body: { ...what, source }, key: `${source}/${key}` });
    return textIn(body, 'id');
  };
  const endOf = async (id: string, status: string, generation: number) => {
    const { body } = await call('GET', `/v1/events/${id}?waitFor=${status}`, [200]);
    if (body['status'] === status && body['generation'] === generation) return body;
    throw new Unexpected(
      `the event ${id} (${textIn(body, 'type')}) is ${textIn(body, 'status')}, not ${status}${typeof body['errorReason'] === 'string' ? `: ${body['errorReason']}` : ''}`,
    );
  };
  const historyOf = async (id: string, last: string) => {
    const { body } = await call('GET', `/v1/events/${id}/history`, [200]);
    const types = (body['items'] as { type: string }[]).map(({ type }) => type);
    if (body['verified'] !== true) throw new Unexpected(`the history of ${id} is not what was written`);
    if (!types.includes(last)) throw new Unexpected(`the history of ${id} has no ${last}: ${types.join(', ')}`);
    return types;
  };
  const listed = async (path: string, id: string) => {
    for (const giveUpAt = Date.now() + LIST_PATIENCE_MS; ; await pause(LIST_PAUSE_MS)) {
      const { body } = await call('GET', `${path}?source=${encodeURIComponent(source)}&limit=50`, [200]);
      if ((body['items'] as { id: string }[]).some((item) => item.id === id)) return;
      if (Date.now() > giveUpAt)
        throw new Unexpected(`${path} does not show ${id} after ${LIST_PATIENCE_MS / 1_000} s`);
    }
  };
  return [
    { name: 'is alive', take: async () => `${(await call('GET', '/healthz', [200])).status}` },
    {
      name: 'knows the token',
      take: async () => textIn((await call('GET', '/v1/me', [200])).body, 'subject'),
    },
    {
      name: 'takes an event',
      take: async () => {
        event = await post(processed, 'processed', [201]);
        return event;
      },
    },
    {
      name: 'takes it once',
      take: async () => {
        const again = await post(processed, 'processed', [200]);
        if (again !== event) throw new Unexpected(`the same key made another event, ${again}`);
        return 'the same event for the same key';
      },
    },
    {
      name: 'processes it',
      take: async () => {
        const attempts = Number((await endOf(event, 'PROCESSED', 0))['attempts']);
        return `PROCESSED after ${attempts} attempt${attempts === 1 ? '' : 's'}`;
      },
    },
    {
      name: 'has its history',
      take: async () => `verified: ${(await historyOf(event, 'ProcessingSucceeded')).join(', ')}`,
    },
    { name: 'lists it', take: async () => (await listed('/v1/events', event), 'in the read tables') },
    {
      name: 'makes a dead letter',
      take: async () => {
        deadLetter = await post(dead, 'dead', [201]);
        const ended = await endOf(deadLetter, 'DEAD', 0);
        await listed('/v1/dead-letters', deadLetter);
        return `DEAD: ${textIn(ended, 'errorReason')}`;
      },
    },
    {
      name: 'replays it',
      take: async () => {
        await call('POST', `/v1/events/${deadLetter}/replay`, [202], { body: { reason: `smoke test ${run}` } });
        await waitForGeneration(call, deadLetter, 1);
        await endOf(deadLetter, 'DEAD', 1);
        return `DEAD again: ${(await historyOf(deadLetter, 'ReplayRequested')).length} transitions`;
      },
    },
    {
      name: 'discards it',
      take: async () => {
        await call('POST', `/v1/dead-letters/${deadLetter}/discard`, [200, 202], {
          body: { reason: `smoke test ${run}` },
        });
        await endOf(deadLetter, 'DISCARDED', 1);
        return 'nothing is left for an operator';
      },
    },
  ];
}

/** `waitFor=DEAD` is answered at once while the event is still the dead letter that it was. */
async function waitForGeneration(call: Call, id: string, generation: number): Promise<void> {
  for (const giveUpAt = Date.now() + LIST_PATIENCE_MS; ; await pause(LIST_PAUSE_MS)) {
    const { body } = await call('GET', `/v1/events/${id}`, [200]);
    if (body['generation'] === generation && body['status'] === 'DEAD') return;
    if (Date.now() > giveUpAt)
      throw new Unexpected(`the replay of ${id} has no end after ${LIST_PATIENCE_MS / 1_000} s`);
  }
}

function textIn(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string')
    throw new Unexpected(`the answer has no ${name}: ${JSON.stringify(body).slice(0, 200)}`);
  return value;
}
