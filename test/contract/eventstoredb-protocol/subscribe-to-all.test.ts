import { describe, expect, it } from 'vitest';
import { positionIn, withServer } from '../../support/eventstoredb/conversation/with-server.ts';

const here = withServer();
const label = (name: string | number) => here.prefix + name;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const append = async (suffix: string, ...names: readonly (string | number)[]) =>
  positionIn(await here.conversation.append(`${here.stream}${suffix}`, 'any', names.map(label)));

describe('an unfiltered subscription to $all', () => {
  it('brings what the server writes itself, and no checkpoints', async () => {
    const { conversation, stream } = here;
    const from = await append('', 'a');
    await append('', ...numbers(40));
    await conversation.delete(stream);
    const subscription = conversation.subscribe({ from });

    const items = await subscription.until('caught-up');
    expect(items.slice(0, 41).map(({ word }) => word)).toEqual(['confirmed', ...numbers(40).map(label)]);
    expect(items[41]?.event?.getMetadataMap().get('type')).toBe('$metadata');
    expect(items).toHaveLength(43);
    await subscription.close();
  });

  it('resolves links where that is asked for', async () => {
    const { conversation, stream } = here;
    const from = await append('', 'a');
    const link = { label: label('link'), type: '$>', data: `0@${stream}` };
    const subscription = conversation.subscribe({ from, resolvesLinks: true });
    await subscription.until('caught-up');
    await conversation.append(`${stream}-links`, 'any', [link]);

    const [item] = await subscription.until(label('a'));
    expect(item?.link?.getStreamRevision()).toBe('0');
    await subscription.close();
  });
});

describe('a filtered subscription to $all', () => {
  const filter = (window: number, multiplier = 1) => ({ prefixes: [`${here.stream}-kept`], window, multiplier });

  it('is told how far the log has been searched while it catches up', async () => {
    const from = await append('-kept', 'a');
    await append('-other', ...numbers(35));
    const last = await append('-kept', 'b');
    const subscription = here.conversation.subscribe({ from, filter: filter(10) });

    const items = await subscription.until('caught-up');
    // Pages of ten: their beginnings are told, each after the page has been looked at; and at the end the last event.
    const words = ['confirmed', 'checkpoint', 'checkpoint', 'checkpoint', label('b'), 'checkpoint', 'caught-up'];
    expect(items.map(({ word }) => word)).toEqual(words);
    const checkpoints = items.filter(({ word }) => word === 'checkpoint');
    expect(checkpoints.map(({ prepare }) => prepare)).toEqual([from, 0, 0, last]);
    expect(checkpoints.map(({ commit }) => commit)).toEqual(
      [...checkpoints.map(({ commit }) => commit ?? 0)].sort((a, b) => a - b),
    );
    expect(checkpoints[0]?.commit).toBe(from);
    expect(checkpoints[3]?.commit).toBe(last);
    await subscription.close();
  });

  it('may be resumed at any checkpoint, and then brings everything after it', async () => {
    const from = await append('-kept', 'a');
    for (const round of numbers(6)) {
      await append('-other', ...numbers(13).map((number) => `${round}-${number}`));
      await append('-kept', `kept-${round}`);
    }
    const subscription = here.conversation.subscribe({ from, filter: filter(5) });
    const items = await subscription.until('caught-up');
    await subscription.close();

    for (const [index, { word, commit = 0, prepare = 0 }] of items.entries()) {
      if (word !== 'checkpoint') continue;
      const resumed = here.conversation.subscribe({ from: { commit, prepare }, filter: filter(1_000) });
      const events = (await resumed.wordsUntil('caught-up')).filter((one) => one.startsWith(here.prefix));
      const rest = items
        .slice(index)
        .map((item) => item.word)
        .filter((one) => one.startsWith(here.prefix));
      // A checkpoint with prepare 0 brings the event at its own commit once more.
      expect(events.slice(-rest.length || events.length)).toEqual(rest);
      expect(events.length - rest.length).toBeLessThanOrEqual(prepare === 0 ? 1 : 0);
      await resumed.close();
    }
  });

  it('is told every so many events afterwards, and where they are', async () => {
    const from = await append('-kept', 'a');
    const subscription = here.conversation.subscribe({ from, filter: filter(4, 2) });
    await subscription.until('caught-up');
    const positions: number[] = [];
    for (const number of numbers(16)) positions.push(await append('-other', number));

    const [first] = await subscription.until('checkpoint');
    const [second] = await subscription.until('checkpoint');
    expect([first?.commit, first?.prepare]).toEqual([positions[7], positions[7]]);
    expect([second?.commit, second?.prepare]).toEqual([positions[15], positions[15]]);
    await subscription.close();
  });

  it('is told where it begins although nothing has passed the filter', async () => {
    const subscription = here.conversation.subscribe({ filter: { prefixes: ['nothing-has-this-name'] } });

    const items = await subscription.until('caught-up');
    expect(items.map(({ word }) => word).filter((word) => word !== 'checkpoint')).toEqual(['confirmed', 'caught-up']);
    expect(items.at(-2)?.word).toBe('checkpoint');
    await subscription.close();
  });

  it('of a window of nothing fails once it has to search', async () => {
    await append('', 'a');
    const words = await here.conversation.subscribe({ filter: filter(0) }).wordsUntil();

    expect(words).toEqual(['confirmed', 'UNKNOWN: Exception was thrown by handler.']);
  });

  it('from beyond the end is never told anything', async () => {
    const last = await append('-kept', 'a');
    const subscription = here.conversation.subscribe({ from: last + 10 ** 9, filter: filter(1) });
    const witness = here.conversation.subscribe({ from: last, filter: filter(1) });
    await subscription.until('caught-up');
    await append('-kept', 'b');
    await witness.until(label('b'));
    await subscription.close();

    expect(await subscription.wordsUntil()).toEqual(['CANCELLED: Cancelled on client']);
    await witness.close();
  });
});

describe('a subscriber that does not keep up', () => {
  const large = (count: number) =>
    numbers(count).map((number) => ({ label: label(number), data: new Uint8Array(100_000) }));

  it('misses nothing, and is told again when it has caught up', async () => {
    const { conversation, server, stream } = here;
    await server.faults.set({ fault: 'tell-fell-behind' });
    const from = await append('', 'a');
    const subscription = conversation.subscribe({ from });
    await subscription.until('caught-up');
    subscription.pause();
    let last = 0;
    for (const event of large(80)) {
      await conversation.append(stream, last, [event]);
      last += 1;
    }
    subscription.resume();

    const words = await subscription.wordsUntil('caught-up');
    expect(words).toEqual(expect.arrayContaining(['fell-behind']));
    expect(words.filter((word) => word.startsWith(here.prefix))).toEqual(numbers(80).map(label));
    await subscription.close();
  });
});
