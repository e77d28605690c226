import type { z } from 'zod';
import type { eventAnswer, eventListAnswer } from '../../api/answers/event.ts';
import type { historyAnswer } from '../../api/answers/history.ts';
import type { EventsActions } from '../../cli/events.ts';
import { momentOf } from '../../cli/since.ts';
import type { Config } from '../../config/config.ts';
import { askSystem } from '../ask-system.ts';
import { printList } from '../print-list.ts';
import { print } from '../results-of-commands.ts';
import { plain, textTable } from '../terminal-text.ts';
import { sendEvents } from './send-events.ts';
import { tail } from './tail.ts';
import { waitForEnd } from './wait-for-end.ts';

type Event = z.output<typeof eventAnswer>;
type Page = z.output<typeof eventListAnswer>;
type Listed = Page['items'][number];
type History = z.output<typeof historyAnswer>;
type Transition = History['items'][number];

const MOST_OF_PAGE = 200;
const MOST_ERROR = 80;
const MOST_DATA = 120;

/** What the commands about events do. */
export const eventsActions = (config: Config): EventsActions => ({
  send: (request) => sendEvents(config, request),
  tail: (request) => tail(config, request),
  wait: (request) => waitForEnd(config, request),

  async get({ id, output }) {
    const event = await askSystem<Event>(config, { path: `/v1/events/${id}` });
    await print(output === 'table' ? drawEvent(event) : `${JSON.stringify(event)}\n`);
  },

  async history({ id, output }) {
    const { items, verified } = await askSystem<History>(config, { path: `/v1/events/${id}/history` });
    await printList<Transition>(items, output, drawHistory);
    if (verified) return;
    process.stderr.write(`The history of ${id} is not what was written: docs/histories.md\n`);
    process.exitCode = 1;
  },

  async list({ since, until, limit, output, ...filters }) {
    const now = Date.now();
    const asked = new URLSearchParams({
      ...filters,
      ...(since && { createdAfter: momentOf(since, now) }),
      ...(until && { createdBefore: momentOf(until, now) }),
    });
    const found: Listed[] = [];
    let count = 0;
    for (let cursor: string | null = ''; cursor !== null && count < limit; ) {
      asked.set('limit', String(Math.min(MOST_OF_PAGE, limit - count)));
      if (cursor !== '') asked.set('cursor', cursor);
      const page: Page = await askSystem(config, { path: `/v1/events?${asked.toString()}` });
      // Each page as it comes, so that a long list needs no memory and its reader may leave.
      if (output === 'ndjson') await printList(page.items, output, drawEvents);
      else found.push(...page.items);
      count += page.items.length;
      cursor = page.nextCursor;
    }
    if (output !== 'ndjson') await printList(found, output, drawEvents);
  },

  async replay({ id, reason, output }) {
    const event = await askSystem<Event>(config, { path: `/v1/events/${id}/replay`, body: { reason } });
    const said = `${event.id} (${plain(event.type)}) is replayed: generation ${event.generation}\n`;
    await print(output === 'table' ? said : `${JSON.stringify(event)}\n`);
  },
});

const drawEvents = (events: readonly Listed[]) =>
  textTable(
    ['ID', 'STATUS', 'TYPE', 'SOURCE', 'RECEIVED', 'ATTEMPTS', 'REPLAYS', 'ERROR'],
    events.map((event) => [
      ...[event.id, event.status, plain(event.type), plain(event.source), event.createdAt, String(event.attempts)],
      ...[String(event.generation), plain(event.errorReason ?? '', MOST_ERROR)],
    ]),
  );

function drawEvent(event: Event): string {
  const rows = [
    ['id', event.id],
    ['status', event.status],
    ['type', plain(event.type)],
    ['source', plain(event.source)],
    ['key', plain(event.idempotencyKey)],
    ['received', event.createdAt],
    ['last change', event.updatedAt],
    ['attempts', `${event.attempts}, replayed ${event.generation} times`],
    ...(event.nextAttemptAt === null ? [] : [['next attempt', event.nextAttemptAt]]),
    ...(event.errorReason === null ? [] : [['error', plain(event.errorReason, 1_000)]]),
    ...(event.payload === undefined ? [] : [['payload', plain(JSON.stringify(event.payload), 10_000)]]),
  ];
  return rows.map(([name = '', value = '']) => `${name.padEnd(13)} ${value}\n`).join('');
}

const drawHistory = (items: readonly Transition[]) =>
  textTable(
    ['REV', 'RECORDED', 'TRANSITION', 'DATA'],
    items.map(({ revision, recordedAt, type, data }) => [
      ...[String(revision), String(recordedAt), plain(String(type))],
      plain(JSON.stringify(data ?? 'unreadable'), MOST_DATA),
    ]),
  );
