import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBucket } from '../../../src/adapters/tree-bucket/bucket-client.ts';
import { readerWithFullTilesIn, storeWithFullTilesIn } from '../../../src/adapters/tree-bucket/with-full-tiles-in.ts';
import { openTreeFolder } from '../../../src/adapters/tree-folder/open-tree-folder.ts';
import { type BucketServer, startBucketServer } from '../../support/services/bucket-server.ts';
import { treeStoreSuite } from './suite.ts';

const tile = (index: number, width: number, byte: number) => ({
  ...{ level: 0, index, width },
  bytes: Buffer.alloc(8, byte),
});

describe('a tree with full tiles in a bucket', () => {
  let server: BucketServer;
  let folder: string;
  beforeAll(async () => {
    // As in the environment of a process. Those are the ones that this server knows.
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER');
    folder = await mkdtemp(join(tmpdir(), 'eventops-bucket-'));
    server = await startBucketServer(folder, 'tiles');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
    await rm(folder, { recursive: true });
  });
  const bucketAt = (url: string, name = 'tiles', deadlineMs?: number) => openBucket({ name, url }, deadlineMs);
  const folderOf = (name: string) => openTreeFolder(join(folder, name));

  treeStoreSuite(async () => {
    const [store, other] = ['one', 'other'].map((name) =>
      storeWithFullTilesIn(bucketAt(server.url), name, folderOf(name)),
    );
    if (store === undefined || other === undefined) throw new Error('There are two');
    return { store, other, close: async () => undefined };
  });

  it('has in the bucket what never changes, and nothing else', async () => {
    const bucket = bucketAt(server.url);
    const store = storeWithFullTilesIn(bucket, 'apart', folderOf('apart'));
    await store.write([tile(0, 256, 1), tile(1, 3, 2)]);
    expect(await bucket.read('apart/tile/0/000')).toEqual(Buffer.alloc(8, 1));
    expect(await bucket.read('apart/tile/0/001.p/3')).toBeNull();
    expect(await folderOf('apart').read(tile(0, 256, 1))).toBeNull();
  });

  it('reads what was written before there was a bucket where it was written', async () => {
    await folderOf('before').write([tile(0, 256, 1)]);
    const reader = readerWithFullTilesIn(bucketAt(server.url), 'before', folderOf('before'));
    expect(await reader.read(tile(0, 256, 1))).toEqual(Buffer.alloc(8, 1));
    expect(await reader.read(tile(1, 256, 1))).toBeNull();
  });

  it('is unavailable, and says why, when the bucket is not there or refuses these credentials', async () => {
    const refused = (message: string) => ({
      code: 'audit-tree-unavailable',
      message: expect.stringContaining(message),
    });
    const absent = bucketAt(server.url, 'no-such');
    await expect(absent.write('a', Buffer.of(1))).rejects.toMatchObject(refused('create it, or correct AUDIT_BUCKET'));
    await expect(absent.read('a')).rejects.toMatchObject(refused('no-such'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'another');
    const stranger = bucketAt(server.url);
    await expect(stranger.read('a')).rejects.toMatchObject(refused('correct AWS_ACCESS_KEY_ID'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
  });

  it.each([
    ['takes requests and never answers', () => undefined],
    ['begins an answer and never ends it', (start: () => void) => start()],
  ])('is unavailable after its deadline when a server %s', async (_, answer) => {
    const silent = createServer((request, response) => {
      request.resume();
      answer(() => response.writeHead(200, { 'content-length': '8192' }).write('a part'));
    });
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const bucket = bucketAt(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, 'tiles', 300);
    await expect(bucket.read('a')).rejects.toMatchObject({ code: 'audit-tree-unavailable' });
    silent.closeAllConnections();
    await new Promise((closed) => silent.close(closed));
  });

  it('takes nothing for a tile that is larger than any', async () => {
    const bucket = bucketAt(server.url);
    await bucket.write('large', Buffer.alloc(1024 * 1024 + 1));
    await expect(bucket.read('large')).rejects.toThrow('it has more than 1048576 bytes, so it is no tile');
  });
});
