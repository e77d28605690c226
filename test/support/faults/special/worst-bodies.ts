const EVENT_BYTES = 256 * 1024;
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_ITEMS = 1_000;

/** A request that costs as much memory as it can for its size, or is just beyond what is taken. */
export interface WorstBody {
  readonly what: string;
  readonly path: '/v1/events' | '/v1/events/batch';
  readonly type: string;
  body(): string;
}

const event = (payload: string) => `{"type":"worst.body","source":"faults","payload":${payload}}`;
const room = EVENT_BYTES - event('').length - 64;
const filled = (part: string, open = '[', close = ']') => {
  const count = Math.floor((room - 2) / (part.length + 1));
  return `${open}${Array.from({ length: count }, () => part).join()}${close}`;
};
const upTo = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index));

/** The largest payloads that are taken, of each kind that grows when it is read, and others that are refused. */
const payloads: Readonly<Record<string, () => string>> = {
  'a hundred thousand objects': () => filled('{}'),
  'a hundred thousand arrays': () => filled('[]'),
  'a hundred thousand numbers': () => filled('0'),
  '9,900 objects': () => `[${upTo(9_900, () => '{}').join()}]`,
  '9,900 members': () => `{${upTo(9_900, (index) => `"${index}${'k'.repeat(15)}":0`).join()}}`,
  '9,900 numbers that no double holds': () => `[${upTo(9_900, (index) => `9007199254740993.${index}`).join()}]`,
  'numbers of 1,000 digits': () => filled('9'.repeat(308) + '.' + '9'.repeat(600)),
  'nested 60 deep, again and again': () => `[${upTo(160, () => '['.repeat(60) + ']'.repeat(60)).join()}]`,
  'one name of 250 KB': () => `{"${'n'.repeat(room - 10)}":0}`,
  'a text of backslashes': () => `"${'\\\\'.repeat(Math.floor((room - 2) / 2))}"`,
  'a text of escaped control characters': () => `"${'\\u0001'.repeat(Math.floor((room - 2) / 6))}"`,
  'a text of quotation marks': () => `"${'\\"'.repeat(Math.floor((room - 2) / 2))}"`,
  'a text of which one character takes two bytes of memory': () => `"€${'x'.repeat(room - 8)}"`,
  'a text of three-byte characters': () => `"${'€'.repeat(Math.floor((room - 2) / 3))}"`,
  'white space': () => `[${' '.repeat(room - 3)}0]`,
};

function batchOf(payload: string): string {
  const item = event(payload);
  const count = Math.min(BATCH_ITEMS, Math.floor((BATCH_BYTES - 2) / (Buffer.byteLength(item) + 1)));
  return `[${upTo(count, () => item).join()}]`;
}

/** Bodies within every limit of size. What follows from them has to be bounded, too. */
export const worstBodies: readonly WorstBody[] = [
  ...Object.entries(payloads).flatMap(([what, payload]): readonly WorstBody[] => [
    { what, path: '/v1/events', type: 'application/json', body: () => event(payload()) },
    { what: `a batch: ${what}`, path: '/v1/events/batch', type: 'application/json', body: () => batchOf(payload()) },
  ]),
  {
    what: 'a thousand ordinary events',
    ...{ path: '/v1/events/batch', type: 'application/json' },
    body: () => batchOf(`{"text":"${'x'.repeat(8_000)}"}`),
  },
  {
    what: 'empty lines',
    ...{ path: '/v1/events/batch', type: 'application/x-ndjson' },
    body: () => '\n'.repeat(BATCH_BYTES),
  },
];
