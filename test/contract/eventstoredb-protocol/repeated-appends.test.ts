import { describe, expect, it } from 'vitest';
import { type Expectation, idOf } from '../../support/eventstoredb/conversation/labelled-events.ts';
import { temporaryFolder, withServer } from '../../support/eventstoredb/conversation/with-server.ts';
import { EXPECT_ANY, EXPECT_NO_STREAM } from '../../support/eventstoredb/log/commit-check.ts';
import { Database } from '../../support/eventstoredb/log/database.ts';

const here = withServer();

interface Case {
  readonly name: string;
  /** Appends made before, each at the stream's end. */
  readonly before: readonly (readonly string[])[];
  readonly expected: Expectation;
  readonly events: readonly string[];
  /** The last revision, or the conflict. */
  readonly answer: object;
  readonly stream: readonly string[];
}

const conflict = (actual: number | 'no-stream') => ({ conflict: actual });
const written = (revision: number | 'none') => ({ revision });

const cases: readonly Case[] = [
  {
    name: 'knows a later part of an earlier append by its own revision',
    before: [['a', 'b', 'c']],
    expected: 0,
    events: ['b', 'c'],
    answer: written(2),
    stream: ['a', 'b', 'c'],
  },
  {
    name: 'knows two earlier appends, sent as one',
    before: [['a'], ['b']],
    expected: 'no-stream',
    events: ['a', 'b'],
    answer: written(1),
    stream: ['a', 'b'],
  },
  {
    name: 'takes a known id at a revision where another one is for a conflict',
    before: [['a', 'b', 'c']],
    expected: 1,
    events: ['b'],
    answer: conflict(2),
    stream: ['a', 'b', 'c'],
  },
  {
    name: 'knows the first of two ids at a stale revision and finds the second missing',
    before: [['a', 'b']],
    expected: 0,
    events: ['b', 'c'],
    answer: conflict(1),
    stream: ['a', 'b'],
  },
  {
    name: 'knows part of an append at any in whatever order',
    before: [['a', 'b', 'c']],
    expected: 'any',
    events: ['c', 'a'],
    answer: written(0),
    stream: ['a', 'b', 'c'],
  },
  {
    name: 'takes new ids before a known one at any for a new append',
    before: [['a']],
    expected: 'any',
    events: ['x', 'a'],
    answer: written(2),
    stream: ['a', 'x', 'a'],
  },
  {
    name: 'takes known ids before a new one at exists for a conflict',
    before: [['a']],
    expected: 'exists',
    events: ['a', 'x'],
    answer: conflict(0),
    stream: ['a'],
  },
  {
    name: 'appends a known id at the head once more, and takes a repeat at any for the first one',
    before: [['a'], ['a']],
    expected: 'any',
    events: ['a'],
    answer: written(0),
    stream: ['a', 'a'],
  },
  {
    name: 'refuses nothing at a stale revision',
    before: [['a', 'b']],
    expected: 0,
    events: [],
    answer: conflict(1),
    stream: ['a', 'b'],
  },
  {
    name: 'writes nothing at any',
    before: [['a']],
    expected: 'any',
    events: [],
    answer: written(0),
    stream: ['a'],
  },
  {
    name: 'writes nothing at any to no stream',
    before: [],
    expected: 'any',
    events: [],
    answer: written('none'),
    stream: ['not-found'],
  },
  {
    name: 'refuses nothing at exists on no stream',
    before: [],
    expected: 'exists',
    events: [],
    answer: conflict('no-stream'),
    stream: ['not-found'],
  },
  {
    name: 'takes the largest number for no stream',
    before: [],
    expected: '18446744073709551615',
    events: ['a'],
    answer: written(0),
    stream: ['a'],
  },
];

describe.each(['append', 'appendUnary'] as const)('%s', (append) => {
  it.each(cases)('$name', async ({ before, expected, events, answer, stream }) => {
    const { conversation, prefix } = here;
    const name = `${prefix}${here.stream}`;
    const labels = (list: readonly string[]) => list.map((label) => prefix + label);
    let last = -1;
    for (const list of before) {
      await conversation.append(name, last < 0 ? 'no-stream' : last, labels(list));
      last += list.length;
    }

    expect(await conversation[append](name, expected, labels(events))).toMatchObject(answer);
    const words = await conversation.read({ stream: name, compatibility: 0 });
    expect(words).toEqual(stream.map((word) => (word === 'not-found' ? word : prefix + word)));
  });
});

describe('an id in two streams', () => {
  it('is remembered at any for the first of them only', async () => {
    const { conversation, stream, prefix } = here;
    const [one, other] = [`${stream}-one`, `${stream}-other`];
    await conversation.append(one, 'any', [`${prefix}a`]);
    await conversation.append(other, 'any', [`${prefix}a`]);

    expect(await conversation.append(one, 'any', [`${prefix}a`])).toMatchObject({ revision: 0 });
    expect(await conversation.append(other, 'any', [`${prefix}a`])).toMatchObject({ revision: 1 });
  });

  it('is known at its own revision in both', async () => {
    const { conversation, stream, prefix } = here;
    for (const name of [`${stream}-one`, `${stream}-other`, `${stream}-one`, `${stream}-other`]) {
      expect(await conversation.append(name, 'no-stream', [`${prefix}a`])).toMatchObject({ revision: 0 });
    }
  });
});

describe('an append that is repeated while the first one becomes durable', () => {
  it.each([
    ['no stream', EXPECT_NO_STREAM],
    ['any', EXPECT_ANY],
  ])('at %s is dropped, and known once the first one is durable', async (_name, expected) => {
    const database = new Database(temporaryFolder());
    const event = { id: idOf('a'), type: 'tested', isJson: true, data: Buffer.from('{}'), metadata: Buffer.from('') };
    const append = () => database.append('stream', expected, [event]);
    const [first, second] = [append(), append()];

    expect(await second).toEqual({ kind: 'dropped' });
    const outcome = await first;
    expect(outcome).toMatchObject({ kind: 'written', last: 0 });
    expect(await append()).toEqual(outcome);
    await database.close();
  });
});

describe('the memory for repeats at any', () => {
  it('does not survive a restart, while repeats at a revision are known permanently', async () => {
    const { conversation, server, stream, prefix } = here;
    await conversation.append(stream, 'any', [`${prefix}a`]);
    // A restored log is a restarted server.
    await server.faults.restore(await server.faults.backup());
    conversation.reconnect();

    expect(await conversation.append(stream, 'no-stream', [`${prefix}a`])).toMatchObject({ revision: 0 });
    expect(await conversation.append(stream, 'any', [`${prefix}a`])).toMatchObject({ revision: 1 });
  });
});
