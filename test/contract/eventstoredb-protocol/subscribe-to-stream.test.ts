import { describe, expect, it } from 'vitest';
import { withServer } from '../../support/eventstoredb/conversation/with-server.ts';

const here = withServer();
const label = (name: string | number) => here.prefix + name;

async function streamOf(count: number): Promise<string> {
  const labels = Array.from({ length: count }, (_, index) => label(index));
  await here.conversation.append(here.stream, 'no-stream', labels);
  return here.stream;
}

describe('a subscription to a stream', () => {
  it('begins after the revision that it names', async () => {
    const { conversation } = here;
    const stream = await streamOf(70);
    const subscription = conversation.subscribe({ stream, from: 66 });

    expect(await subscription.wordsUntil('caught-up')).toEqual([
      'confirmed',
      label(67),
      label(68),
      label(69),
      'caught-up',
    ]);
    await conversation.append(stream, 69, [label('next')]);
    expect(await subscription.wordsUntil(label('next'))).toEqual([label('next')]);
    await subscription.close();
  });

  it('leaves out what metadata hides while it catches up, and nothing afterwards', async () => {
    const { conversation } = here;
    const stream = await streamOf(5);
    const metadata = { label: label('metadata'), type: '$metadata', data: '{"$maxCount":2}' };
    await conversation.append(`$$${stream}`, 'any', [metadata]);
    const subscription = conversation.subscribe({ stream });

    expect(await subscription.wordsUntil('caught-up')).toEqual(['confirmed', label(3), label(4), 'caught-up']);
    await conversation.append(stream, 4, [label('a'), label('b'), label('c')]);
    expect(await subscription.wordsUntil(label('c'))).toEqual([label('a'), label('b'), label('c')]);
    await subscription.close();
  });

  it('of a deleted stream brings what follows, and nothing of what was there', async () => {
    const { conversation } = here;
    const stream = await streamOf(3);
    await conversation.delete(stream);
    const subscription = conversation.subscribe({ stream });

    expect(await subscription.wordsUntil('caught-up')).toEqual(['confirmed', 'caught-up']);
    await conversation.append(stream, 'no-stream', [label('next')]);
    expect(await subscription.wordsUntil(label('next'))).toEqual([label('next')]);
    await subscription.close();
  });

  it('goes on over a delete', async () => {
    const { conversation } = here;
    const stream = await streamOf(1);
    const subscription = conversation.subscribe({ stream });
    await subscription.until('caught-up');
    await conversation.delete(stream);
    await conversation.append(stream, 'any', [label('next')]);

    expect(await subscription.wordsUntil(label('next'))).toEqual([label('next')]);
    await subscription.close();
  });

  it('of a tombstoned stream is refused without a confirmation', async () => {
    const { conversation } = here;
    const stream = await streamOf(1);
    await conversation.tombstone(stream);

    const words = await conversation.subscribe({ stream }).wordsUntil();
    expect(words).toEqual([`FAILED_PRECONDITION: Event stream '${stream}' is deleted.`]);
  });

  it('beyond the end waits for the stream to grow past the revision that it names', async () => {
    const { conversation } = here;
    const stream = await streamOf(2);
    const subscription = conversation.subscribe({ stream, from: 3 });
    await subscription.until('caught-up');
    await conversation.append(stream, 1, [label('two'), label('three'), label('four')]);

    expect(await subscription.wordsUntil(label('four'))).toEqual([label('four')]);
    await subscription.close();
  });
});

describe('a connection', () => {
  it('carries a hundred subscriptions, and lets the next one wait for one of them to end', async () => {
    const { conversation, stream } = here;
    const hundred = Array.from({ length: 100 }, () => conversation.subscribe({ stream }));
    for (const one of hundred) await one.until('caught-up');
    const order: string[] = [];
    const waiting = conversation.subscribe({ stream });
    const confirmed = waiting.until('caught-up').then(() => order.push('confirmed'));
    await conversation.features();
    order.push('one ends');
    await hundred[0]?.close();
    await confirmed;

    expect(order).toEqual(['one ends', 'confirmed']);
    await Promise.all([waiting, ...hundred.slice(1)].map((one) => one.close()));
  });
});
