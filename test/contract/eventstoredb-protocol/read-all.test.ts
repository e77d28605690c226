import { describe, expect, it } from 'vitest';
import { positionIn, withServer } from '../../support/eventstoredb/conversation/with-server.ts';

const here = withServer();
const label = (name: string) => here.prefix + name;
/** Only this test's events. */
const mine = (words: readonly string[]) => words.filter((word) => word.startsWith(here.prefix)).map(withoutPrefix);
const withoutPrefix = (word: string) => word.slice(here.prefix.length);

const append = async (suffix: string, ...names: readonly string[]) =>
  positionIn(await here.conversation.append(`${here.stream}${suffix}`, 'any', names.map(label)));

describe('$all', () => {
  it('holds every stream in the order of writing, in both directions', async () => {
    const first = await append('-one', 'a');
    await append('-other', 'b', 'c');
    await append('-one', 'd');

    expect(mine(await here.conversation.read({ from: first }))).toEqual(['a', 'b', 'c', 'd']);
    const backwards = await here.conversation.read({ backwards: true, from: 'end', count: 4 });
    expect(mine(backwards)).toEqual(['d', 'c', 'b', 'a']);
  });

  it('is read forwards from a position on, and backwards from before it', async () => {
    await append('', 'a');
    const middle = await append('', 'b');
    await append('', 'c');

    expect(mine(await here.conversation.read({ from: middle }))).toEqual(['b', 'c']);
    expect(mine(await here.conversation.read({ from: middle, backwards: true, count: 1 }))).toEqual(['a']);
  });

  it('holds what the server writes itself, except for its own book-keeping', async () => {
    const { conversation, stream } = here;
    const from = await append('', 'a');
    await conversation.delete(stream);
    await append('', 'b');
    await conversation.tombstone(stream);

    const types = (await conversation.open({ from }).toTheEnd()).map(({ event }) =>
      event?.getMetadataMap().get('type'),
    );
    expect(types).toEqual(['tested', '$metadata', 'tested', '$metadata', '$streamDeleted']);
    expect(await conversation.read({ stream: '$epoch-information' })).toHaveLength(2);
    const all = await conversation.open({}).toTheEnd();
    expect(all.map(({ event }) => event?.getMetadataMap().get('type'))).not.toContain('$epoch-information');
  });

  it('is empty from the end on, and from beyond it', async () => {
    const last = await append('', 'a');

    expect(await here.conversation.read({ from: 'end' })).toEqual([]);
    expect(await here.conversation.read({ from: last + 1 })).toEqual([]);
    expect(await here.conversation.read({ from: 10 ** 15 })).toEqual([]);
  });

  it('is not read backwards from beyond its end', async () => {
    const read = { from: 10 ** 15, backwards: true };

    expect(await here.conversation.read(read)).toEqual(['UNKNOWN: Unexpected ReadAllResult: Error']);
    const filtered = await here.conversation.read({ ...read, filter: { prefixes: ['x'] } });
    expect(filtered).toEqual(['UNKNOWN: Unexpected FilteredReadAllResult: Error']);
  });

  it('is not read from inside a record', async () => {
    const first = await append('', 'a');
    await append('', 'b');

    for (const backwards of [false, true]) {
      const words = await here.conversation.read({ from: first + 5, backwards });
      expect(words).toEqual(['UNKNOWN: Unexpected ReadAllResult: InvalidPosition']);
    }
  });

  it('is not read from a place that was committed before it was written', async () => {
    const words = await here.conversation.read({ from: { commit: 5, prepare: 6 } });

    expect(words).toEqual(['UNKNOWN: Exception was thrown by handler.']);
  });

  it('read for no events brings nothing until the client gives up', async () => {
    const reading = here.conversation.open({ count: 0 });
    await here.conversation.features();
    await reading.close();

    expect(await reading.wordsUntil()).toEqual(['CANCELLED: Cancelled on client']);
  });

  it('has large events and many pages', async () => {
    const from = await append('', 'first');
    const large = { label: label('large'), data: new Uint8Array(1_000_000) };
    await here.conversation.append(here.stream, 'any', [large]);
    const many = Array.from({ length: 100 }, (_, index) => `${index}`);
    await append('', ...many);

    expect(mine(await here.conversation.read({ from, count: 60 }))).toEqual(['first', 'large', ...many.slice(0, 58)]);
    expect(mine(await here.conversation.read({ from }))).toEqual(['first', 'large', ...many]);
  });
});

describe('a filter', () => {
  const filtered = async (filter: object, from: number) => mine(await here.conversation.read({ from, filter }));
  /** One event of each type, labelled by it. @returns where the first one is. */
  const typed = async (...types: readonly string[]) => {
    const events = types.map((type) => ({ label: label(type), type }));
    await here.conversation.append(here.stream, 'no-stream', events);
    const [first] = await here.conversation.open({ stream: here.stream, count: 1 }).toTheEnd();
    return first?.commit ?? 0;
  };

  it('takes any of several prefixes', async () => {
    const from = await typed('Alpha', 'Beta', 'Gamma');

    expect(await filtered({ on: 'type', prefixes: ['Al', 'Ga'] }, from)).toEqual(['Alpha', 'Gamma']);
    expect(await filtered({ on: 'type', prefixes: ['al'] }, from)).toEqual([]);
    expect(await filtered({ on: 'type', prefixes: [''] }, from)).toEqual(['Alpha', 'Beta', 'Gamma']);
    expect(await filtered({ on: 'type' }, from)).toEqual([]);
  });

  it('takes a regular expression of .NET, which counts before prefixes', async () => {
    const from = await typed('Alpha', 'Beta', 'alphabet');

    expect(await filtered({ on: 'type', regex: 'ta$', prefixes: ['Al'] }, from)).toEqual(['Beta']);
    expect(await filtered({ on: 'type', regex: '^(?i:alpha)' }, from)).toEqual(['Alpha', 'alphabet']);
    expect(await filtered({ on: 'type', regex: '(?i)^ALPHA' }, from)).toEqual(['Alpha', 'alphabet']);
    expect(await filtered({ on: 'type', regex: String.raw`\AAlpha\z` }, from)).toEqual(['Alpha']);
    expect(await filtered({ on: 'type', regex: '^[^$].*' }, from)).toEqual(['Alpha', 'Beta', 'alphabet']);
  });

  it('looks on as long as there is something, whatever the window', async () => {
    const from = await append('-kept', 'a');
    await append('-dropped', ...Array.from({ length: 100 }, (_, index) => `${index}`));
    await append('-kept', 'b', 'c');

    const filter = { prefixes: [`${here.stream}-kept`], window: 3 };
    expect(mine(await here.conversation.read({ from, filter, count: 2 }))).toEqual(['a', 'b']);
    const backwards = { from: 'end', filter, backwards: true, count: 3 } as const;
    expect(mine(await here.conversation.read(backwards))).toEqual(['c', 'b', 'a']);
  });
});
