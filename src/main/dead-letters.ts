import type { z } from 'zod';
import type { deadLetterGroupsAnswer } from '../api/answers/dead-letter-groups.ts';
import type { eventAnswer, eventListAnswer } from '../api/answers/event.ts';
import type { historyAnswer } from '../api/answers/history.ts';
import type { DeadLettersActions } from '../cli/dead-letters.ts';
import type { Config } from '../config/config.ts';
import { askSystem } from './ask-system.ts';
import { filterOf } from './dead-letter-filter.ts';
import { printList } from './print-list.ts';
import { plain, textTable } from './terminal-text.ts';

type Event = z.output<typeof eventAnswer>;
type Page = z.output<typeof eventListAnswer>;
type Listed = Page['items'][number];
type Groups = z.output<typeof deadLetterGroupsAnswer>;
type History = z.output<typeof historyAnswer>;

const MOST_OF_PAGE = 200;
const MOST_ERROR = 80;

const queryOf = (given: Readonly<Record<string, string | number>>) =>
  new URLSearchParams(Object.entries(given).map(([name, value]): [string, string] => [name, String(value)])).toString();

/** What the commands about dead letters do. */
export const deadLettersActions = (config: Config): DeadLettersActions => ({
  async list({ limit, output, ...options }) {
    const filter = filterOf(options);
    const found: Listed[] = [];
    for (let cursor: string | null = ''; cursor !== null && found.length < limit; ) {
      const page: Page = await askSystem(config, {
        path: `/v1/dead-letters?${queryOf({
          ...filter,
          limit: Math.min(MOST_OF_PAGE, limit - found.length),
          ...(cursor === '' ? {} : { cursor }),
        })}`,
      });
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    await printList(found, output, drawEvents);
  },

  async groups({ limit, output, ...options }) {
    const groups = await askSystem<Groups>(config, {
      path: `/v1/dead-letters/groups?${queryOf({ ...filterOf(options), limit: Math.min(MOST_OF_PAGE, limit) })}`,
    });
    write(output === 'json' ? [JSON.stringify(groups)] : drawGroups(groups));
  },

  async show({ id, output }) {
    const event = await askSystem<Event>(config, { path: `/v1/events/${id}` });
    const { items } = await askSystem<History>(config, { path: `/v1/events/${id}/history` });
    write(
      output === 'json'
        ? [JSON.stringify({ ...event, history: items })]
        : [...drawEvent(event), '', ...drawHistory(items)],
    );
  },

  async discard({ id, reason, output }) {
    const event = await askSystem<Event>(config, { path: `/v1/dead-letters/${id}/discard`, body: { reason } });
    write(output === 'json' ? [JSON.stringify(event)] : [`${event.id} (${plain(event.type)}) is discarded`]);
  },
});

const write = (lines: readonly string[]) => process.stdout.write(lines.map((line) => `${line}\n`).join(''));

const drawEvents = (events: readonly Listed[]) =>
  textTable(
    ['ID', 'TYPE', 'SOURCE', 'DIED', 'ATTEMPTS', 'REPLAYS', 'ERROR'],
    events.map((event) => [
      ...[event.id, plain(event.type), plain(event.source), event.updatedAt, String(event.attempts)],
      ...[String(event.generation), plain(event.errorReason ?? '', MOST_ERROR)],
    ]),
  );

const drawGroups = ({ items, events, groups }: Groups) => [
  textTable(
    ['GROUP', 'EVENTS', 'TYPES', 'DIED FIRST', 'DIED LAST', 'FAILURE'],
    items.map((group) => [
      ...[group.failureGroupId ?? '-', String(group.events), String(group.types), group.diedFirst, group.diedLast],
      plain(group.title ?? 'no group counts them yet', MOST_ERROR),
    ]),
  ).trimEnd(),
  '',
  `${events} dead letters in ${groups} groups`,
];

const drawEvent = (event: Event) => [
  `${event.id}  ${plain(event.type)} from ${plain(event.source)}: ${event.status}`,
  `received ${event.createdAt}, replayed ${event.generation} times, ${event.attempts} attempts since`,
  ...(event.errorReason === null ? [] : [plain(event.errorReason, 1_000)]),
];

const drawHistory = (items: History['items']) =>
  items.map(({ recordedAt, type }) => `  ${String(recordedAt)}  ${plain(String(type))}`);
