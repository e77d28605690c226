import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withServer } from '../../support/eventstoredb/conversation/with-server.ts';

const here = withServer();
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${here.prefix}${index}`);

async function streamOf(count: number, metadata?: string): Promise<string> {
  const { conversation, stream } = here;
  await conversation.append(stream, 'no-stream', numbered(count));
  if (metadata !== undefined) {
    const event = { label: `${here.prefix}metadata`, type: '$metadata', data: metadata };
    await conversation.append(`$$${stream}`, 'any', [event]);
  }
  return stream;
}
const words = (...numbers: readonly number[]) => numbers.map((number) => `${here.prefix}${number}`);

describe('reading forwards', () => {
  it('goes on over any number of pages', async () => {
    const stream = await streamOf(100);

    expect(await here.conversation.read({ stream })).toEqual([...numbered(100), 'last 99']);
    expect(await here.conversation.read({ stream, from: 30, count: 40 })).toEqual([
      ...numbered(100).slice(30, 70),
      'last 99',
    ]);
  });

  it('from just behind the end brings nothing', async () => {
    const stream = await streamOf(3);

    expect(await here.conversation.read({ stream, from: 3 })).toEqual(['last 2']);
  });

  it('from far behind the end tells where the end is', async () => {
    const stream = await streamOf(3);

    expect(await here.conversation.read({ stream, from: 40 })).toEqual(['first 3', 'last 2']);
  });

  it('tells no places to a client that does not know of them', async () => {
    const stream = await streamOf(2);

    expect(await here.conversation.read({ stream, from: 40, compatibility: 0 })).toEqual([]);
    expect(await here.conversation.read({ stream, compatibility: 0 })).toEqual(words(0, 1));
  });

  it('refuses a revision that is none', async () => {
    const stream = await streamOf(1);

    const refusal = ['UNKNOWN: Exception was thrown by handler.'];
    expect(await here.conversation.read({ stream, from: '9223372036854775808' })).toEqual(refusal);
    expect(await here.conversation.read({ stream, from: '9223372036854775807' })).toEqual(['first 1', 'last 0']);
  });
});

describe('reading backwards', () => {
  it('from behind the end begins at the end', async () => {
    const stream = await streamOf(3);
    const read = { stream, backwards: true };

    expect(await here.conversation.read({ ...read, from: 70 })).toEqual([...words(2, 1, 0), 'last 2']);
    expect(await here.conversation.read({ ...read, from: 70, count: 2 })).toEqual([...words(2, 1), 'last 2']);
  });

  it('of no events is refused', async () => {
    const stream = await streamOf(1);

    const refusal = ['UNKNOWN: Unexpected ReadStreamResult: Error'];
    expect(await here.conversation.read({ stream, backwards: true, from: 'end', count: 0 })).toEqual(refusal);
  });

  it('goes on over any number of pages', async () => {
    const stream = await streamOf(70);

    const read = await here.conversation.read({ stream, backwards: true, from: 'end' });
    expect(read).toEqual([...numbered(70).toReversed(), 'last 69']);
  });
});

describe('metadata', () => {
  it.each([
    ['$maxCount keeps the last ones', '{"$maxCount":2}', [3, 4]],
    ['$tb hides what is before', '{"$tb":3}', [3, 4]],
    ['$maxCount and $tb hide whichever hides more', '{"$maxCount":4,"$tb":3}', [3, 4]],
    ['$tb behind the end hides all', '{"$tb":9}', []],
    ['$maxAge of a day hides nothing young', '{"$maxAge":86400}', [0, 1, 2, 3, 4]],
    ['that is no JSON counts for nothing', '{"$maxCount":2', [0, 1, 2, 3, 4]],
    ['with a word where a number belongs counts for nothing', '{"$tb":3,"$maxCount":"2"}', [0, 1, 2, 3, 4]],
    ['of zero counts for nothing', '{"$maxCount":0}', [0, 1, 2, 3, 4]],
    ['that the server does not know is left alone', '{"owner":"us"}', [0, 1, 2, 3, 4]],
  ])('%s', async (_name, metadata, visible) => {
    const stream = await streamOf(5, metadata);
    const read = { stream, compatibility: 0 };

    expect(await here.conversation.read(read)).toEqual(words(...visible));
    expect(await here.conversation.read({ ...read, backwards: true, from: 'end' })).toEqual(
      words(...visible).toReversed(),
    );
  });

  it('lets a short read tell where the stream begins', async () => {
    const stream = await streamOf(5, '{"$tb":3}');

    expect(await here.conversation.read({ stream, count: 2 })).toEqual(['first 3', ...words(3, 4), 'last 4']);
    expect(await here.conversation.read({ stream, count: 50 })).toEqual([...words(3, 4), 'last 4']);
  });

  it('is a stream of its own, of which only the last event counts', async () => {
    const { conversation, prefix } = here;
    const stream = await streamOf(1, '{"first":1}');
    const second = { label: `${prefix}second`, type: '$metadata', data: '{"second":2}' };

    expect(await conversation.append(`$$${stream}`, 0, [second])).toMatchObject({ revision: 1 });
    expect(await conversation.read({ stream: `$$${stream}` })).toEqual([`${prefix}second`, 'last 1']);
  });

  it('may be written before the stream, which then counts as there', async () => {
    const { conversation, stream, prefix } = here;
    const metadata = { label: `${prefix}metadata`, type: '$metadata', data: '{"$maxCount":1}' };
    await conversation.append(`$$${stream}`, 'no-stream', [metadata]);

    expect(await conversation.read({ stream })).toEqual(['not-found']);
    expect(await conversation.append(stream, 'exists', words(0, 1))).toMatchObject({ revision: 1 });
    expect(await conversation.read({ stream, compatibility: 0 })).toEqual(words(1));
  });
});

describe('any range of any stream', () => {
  it('is what metadata leaves of it, in order', async () => {
    const { conversation, stream: name } = here;
    let streams = 0;
    const metadata = fc.record({ $tb: fc.nat(50), $maxCount: fc.integer({ min: 1, max: 50 }) }, { requiredKeys: [] });
    const range = fc.record({
      length: fc.integer({ min: 1, max: 45 }),
      from: fc.nat(50),
      count: fc.integer({ min: 1, max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(range, metadata, fc.boolean(), async ({ length, from, count }, limits, backwards) => {
        streams += 1;
        const stream = `${name}-${streams}`;
        const all = Array.from({ length }, (_, index) => `${stream}-${index}`);
        await conversation.append(stream, 'no-stream', all);
        const event = { label: `${stream}-metadata`, type: '$metadata', data: JSON.stringify(limits) };
        await conversation.append(`$$${stream}`, 'any', [event]);

        const first = Math.max(limits.$tb ?? 0, length - (limits.$maxCount ?? length));
        const visible = all.filter(
          (_, revision) => revision >= first && (backwards ? revision <= from : revision >= from),
        );
        const expected = (backwards ? visible.toReversed() : visible).slice(0, count);
        expect(await conversation.read({ stream, from, count, backwards, compatibility: 0 })).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an event', () => {
  it('has its id in the form that was asked for', async () => {
    const stream = await streamOf(1);

    for (const ids of ['string', 'structured'] as const) {
      const [item] = await here.conversation.open({ stream, ids }).toTheEnd();
      expect(item?.word).toBe(`${here.prefix}0`);
      expect(item?.event?.getId()?.hasString()).toBe(ids === 'string');
    }
  });

  it('comes with its body and properties byte for byte', async () => {
    const { conversation, stream, prefix } = here;
    const data = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const type = 'täst-事件';
    await conversation.append(`${stream}-ünï`, 'any', [{ label: `${prefix}a`, type, data, metadata: '{"ü":1}' }]);

    const [item] = await conversation.open({ stream: `${stream}-ünï` }).toTheEnd();
    expect(item?.event?.getData_asU8()).toEqual(data);
    expect(Buffer.from(item?.event?.getCustomMetadata_asU8() ?? []).toString()).toBe('{"ü":1}');
    expect(item?.event?.getMetadataMap().get('type')).toBe(type);
    expect(item?.event?.getCommitPosition()).toBe(String(item?.commit));
  });

  it('may be a link, which is resolved where that is asked for', async () => {
    const { conversation, prefix } = here;
    const stream = await streamOf(2);
    const link = (label: string, data: string) => ({ label: prefix + label, type: '$>', data });
    const links = [
      link('to-1', `1@${stream}`),
      link('to-last', `-1@${stream}`),
      link('to-9', `9@${stream}`),
      link('to-none', 'x'),
    ];
    await conversation.append(`${stream}-links`, 'any', links);
    const read = { stream: `${stream}-links`, compatibility: 0 };

    expect(await conversation.read(read)).toEqual(links.map(({ label }) => label));
    const resolved = await conversation.open({ ...read, resolvesLinks: true }).toTheEnd();
    expect(resolved.map(({ word }) => word)).toEqual([...words(1, 1), 'dangling link', `${prefix}to-none`]);
    expect(resolved[0]?.link?.getStreamRevision()).toBe('0');
    expect(resolved[0]?.event?.getStreamRevision()).toBe('1');
    expect(Number(resolved[0]?.link?.getCommitPosition())).toBe(resolved[0]?.commit);
  });
});
