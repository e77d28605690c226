import { describe, expect, it } from 'vitest';
import { withServer } from '../../support/eventstoredb/conversation/with-server.ts';

const here = withServer();
const label = (name: string) => here.prefix + name;

async function streamOf(...names: readonly string[]): Promise<string> {
  await here.conversation.append(here.stream, 'no-stream', names.map(label));
  return here.stream;
}
const metadataOf = async (stream: string) => {
  const [item] = await here.conversation.open({ stream: `$$${stream}` }).toTheEnd();
  return Buffer.from(item?.event?.getData_asU8() ?? []).toString();
};

describe('a deleted stream', () => {
  it('is written down in its metadata, which an append then changes', async () => {
    const { conversation } = here;
    const stream = await streamOf('a', 'b');
    await conversation.delete(stream);
    expect(await metadataOf(stream)).toBe('{"$tb":9223372036854775807}');

    await conversation.append(stream, 'any', [label('c')]);
    expect(await metadataOf(stream)).toBe('{"$tb":2}');
  });

  it('does not exist for an append that wants it to, though its revision is remembered', async () => {
    const { conversation } = here;
    const stream = await streamOf('a', 'b');
    await conversation.delete(stream);

    expect(await conversation.append(stream, 'exists', [label('c')])).toEqual({
      status: 'StreamDeleted',
      statusCode: 5,
    });
    expect(await conversation.append(stream, 0, [label('c')])).toEqual({ conflict: 1 });
    expect(await conversation.append(stream, 1, [label('c')])).toMatchObject({ revision: 2 });
  });

  it('may be deleted again, but not where it has to exist', async () => {
    const { conversation } = here;
    const stream = await streamOf('a');
    await conversation.delete(stream);

    expect(await conversation.delete(stream)).toEqual(expect.any(Number));
    expect(await conversation.delete(stream, 'no-stream')).toEqual(expect.any(Number));
    expect(await conversation.delete(stream, 'exists')).toMatchObject({ exception: 'stream-deleted' });
  });

  it('goes on after an append of nothing, without its old events', async () => {
    const { conversation } = here;
    const stream = await streamOf('a', 'b');
    await conversation.delete(stream);

    expect(await conversation.append(stream, 'any', [])).toMatchObject({ revision: 1 });
    expect(await conversation.read({ stream })).toEqual(['first 2', 'last 1']);
  });

  it('goes on with metadata of its own when some is written', async () => {
    const { conversation } = here;
    const stream = await streamOf('a', 'b');
    await conversation.delete(stream);
    const metadata = { label: label('metadata'), type: '$metadata', data: '{"n":9007199254740993,"$maxCount":9}' };
    await conversation.append(`$$${stream}`, 'any', [metadata]);

    expect(await metadataOf(stream)).toBe('{"n":9007199254740993,"$maxCount":9,"$tb":2}');
    await conversation.append(stream, 1, [label('c')]);
    expect(await conversation.read({ stream, compatibility: 0 })).toEqual([label('c')]);
  });

  it('knows a repeated append by its ids, but no longer where its events are', async () => {
    const { conversation } = here;
    const stream = await streamOf('a', 'b');
    await conversation.delete(stream);
    await conversation.append(stream, 'any', [label('c')]);

    const repeated = await conversation.append(stream, 'no-stream', [label('a'), label('b')]);
    expect(repeated).toEqual({ revision: 1, position: 'none' });
  });
});

describe('a delete', () => {
  it.each([
    ['any', 'Expected version: -2, Actual version: -1'],
    ['no-stream', 'Expected version: -1, Actual version: -1'],
    ['exists', 'Expected version: -4, Actual version: -1'],
    [3, 'Expected version: 3, Actual version: -1'],
  ] as const)('at %s of a stream that is not there is refused', async (expected, words) => {
    expect(await here.conversation.delete(here.stream, expected)).toEqual({
      code: 'FAILED_PRECONDITION',
      details: `Delete failed due to WrongExpectedVersion. Stream: ${here.stream}, ${words}`,
      exception: 'wrong-expected-version',
    });
  });

  it('of a stream without a name fails', async () => {
    expect(await here.conversation.delete('')).toMatchObject({ details: 'Exception was thrown by handler.' });
  });
});

describe('a tombstoned stream', () => {
  it('takes its metadata with it', async () => {
    const { conversation } = here;
    const stream = await streamOf('a');
    await conversation.tombstone(stream);

    const deleted = `FAILED_PRECONDITION: Event stream '$$${stream}' is deleted.`;
    expect(await conversation.read({ stream: `$$${stream}` })).toEqual([deleted]);
    expect(await conversation.append(`$$${stream}`, 'any', [label('m')])).toMatchObject({ status: 'StreamDeleted' });
  });

  it('refuses to be deleted and every append, a repeated one as well', async () => {
    const { conversation } = here;
    const stream = await streamOf('a');
    await conversation.tombstone(stream, 0);

    expect(await conversation.delete(stream)).toMatchObject({ exception: 'stream-deleted' });
    for (const expected of ['no-stream', 'any', 'exists', 0] as const) {
      expect(await conversation.append(stream, expected, [label('a')])).toMatchObject({ status: 'StreamDeleted' });
    }
  });

  it('may have been deleted before', async () => {
    const { conversation } = here;
    const stream = await streamOf('a');
    await conversation.delete(stream);

    expect(await conversation.tombstone(stream, 0)).toEqual(expect.any(Number));
  });
});
