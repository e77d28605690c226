import { beforeAll, describe, expect, it } from 'vitest';
import { AuditTreeUnavailable } from '../../src/application/failures.ts';
import type { TreeReader } from '../../src/application/ports/tree-store.ts';
import { parseCheckpoint } from '../../src/application/transparency/checkpoints.ts';
import { decodeBundle } from '../../src/application/transparency/entry-bundles.ts';
import { edgeOf } from '../../src/application/transparency/growing-tree.ts';
import { leafHash } from '../../src/application/transparency/hashing.ts';
import { makeInclusionProof, treeRoot } from '../../src/application/transparency/make-proofs.ts';
import { policyOfKey } from '../../src/application/transparency/policies.ts';
import { tilePath } from '../../src/application/transparency/tile-names.ts';
import { newTiles, readingTiles } from '../../src/application/transparency/tiles.ts';
import { verifyCheckpoint } from '../../src/application/transparency/verify-checkpoint.ts';
import { isIncluded } from '../../src/application/transparency/verify-proofs.ts';
import { type ApiUnderTest, apiUnderTest, openApi } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { anchorOf, appendHistories, entriesOf, followAndSign } from '../support/transparency/anchored-log.ts';
import { plainRoot } from '../support/transparency/plain-tree.ts';
import { logKey } from '../support/transparency/test-keys.ts';
import { createTreeInMemory } from '../support/transparency/tree-in-memory.ts';

const log = createInMemoryLog();
const tree = createTreeInMemory();
/** Each was signed, the last over more than a full tile. */
const sizes: number[] = [];
let entries: readonly Buffer[] = [];

beforeAll(async () => {
  for (const [from, to] of [
    [0, 3],
    [3, 100],
    [100, 240],
  ] as const) {
    await appendHistories(log, from, to);
    await followAndSign(anchorOf(log, tree), log);
    sizes.push((await tree.state())?.size ?? 0);
  }
  const { server, recorded } = openApi({ log });
  entries = entriesOf(await recorded());
  await server.close();
});

const asked = (path: string, auditTree: TreeReader = tree, as = 'viewer') =>
  apiUnderTest({ log, auditTree }).call({ url: `/v1/audit/${path}`, as });

/** As an auditor would who has nothing but the API. */
async function checkpointOf(api: ApiUnderTest) {
  const answer = await api.call({ url: '/v1/audit/checkpoint', as: 'viewer' });
  return verifyCheckpoint(answer.body, policyOfKey(logKey));
}

describe('the newest checkpoint', () => {
  it('is a signed note that no cache keeps', async () => {
    const answer = await asked('checkpoint');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    const { size, root } = verifyCheckpoint(answer.body, policyOfKey(logKey));
    expect([size, root]).toEqual([entries.length, plainRoot(entries)]);
  });

  it('is not there before anything was signed, which is said', async () => {
    const answer = await asked('checkpoint', createTreeInMemory());
    expect(answer.json()).toMatchObject({
      ...{ status: 404, code: 'checkpoint-not-signed', detail: expect.stringContaining('AUDIT_ORIGIN') },
    });
  });

  it('is the signed one, and not what is about to be signed', async () => {
    const state = await tree.state();
    const ahead: TreeReader = { ...tree, state: async () => state && { ...state, size: state.size + 1 } };
    expect(parseCheckpoint((await asked('checkpoint', ahead)).body.split('\n\n')[0] + '\n').size).toBe(state?.size);
  });
});

describe('a tile', () => {
  it('is served for each checkpoint that was signed, in bytes that may be kept permanently', async () => {
    expect(sizes.at(-1)).toBeGreaterThan(256);
    const { call } = apiUnderTest({ log, auditTree: tree });
    for (const size of sizes) {
      const read = async (path: string) => {
        const answer = await call({ url: `/v1/audit/${path}`, as: 'viewer' });
        expect(answer.statusCode, path).toBe(200);
        return answer;
      };
      for (const name of [...newTiles(0, size), ...edgeOf(size)]) {
        const answer = await read(tilePath(name));
        expect(answer.headers).toMatchObject({
          'content-type': 'application/octet-stream',
          'cache-control': 'private, max-age=31536000, immutable',
        });
        if (name.level === 'entries')
          expect(decodeBundle(answer.rawPayload, name.width)).toEqual(
            entries.slice(name.index * 256, name.index * 256 + name.width),
          );
        else expect(answer.rawPayload).toHaveLength(name.width * 32);
      }
      const subtrees = readingTiles(size, async (name) => (await read(tilePath(name))).rawPayload);
      expect(await treeRoot(size, subtrees)).toEqual(plainRoot(entries.slice(0, size)));
    }
  });

  it('is enough for a proof that a leaf is under the checkpoint', async () => {
    const api = apiUnderTest({ log, auditTree: tree });
    const checkpoint = await checkpointOf(api);
    const subtrees = readingTiles(checkpoint.size, async (name) => {
      return (await api.call({ url: `/v1/audit/${tilePath(name)}`, as: 'viewer' })).rawPayload;
    });
    for (const index of [0, 255, 256, checkpoint.size - 1]) {
      const proof = await makeInclusionProof(index, checkpoint.size, subtrees);
      expect(isIncluded(leafHash(entries[index] ?? Buffer.of()), index, checkpoint, proof)).toBe(true);
    }
  });

  it.each([
    ['beyond the right edge', 'tile/0/002'],
    ['wider than the right edge', 'tile/0/001.p/255'],
    ['at a level that the tree has not reached', 'tile/2/000.p/1'],
    ['far away', 'tile/63/x999/x999/x999/x999/999'],
    ['of entries beyond the right edge', 'tile/entries/x001/000'],
  ])('%s is not there, and what there is is said', async (_which, path) => {
    const answer = await asked(path);
    expect(answer.json()).toMatchObject({
      ...{ status: 404, code: 'tile-not-found', detail: expect.stringContaining('checkpoint') },
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it.each([
    'tile/',
    'tile/0',
    'tile/0/1',
    'tile/64/000',
    'tile/00/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/x000/001',
    'tile/0/-01',
    'tile/entries/%2e%2e/%2e%2e/state.json',
    'tile/0/000%00',
    'tile/0/000/',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
    `tile/0/${'x000/'.repeat(100)}000`,
  ])('has a path of the standard, which %s is not', async (path) => {
    const answer = await asked(path);
    expect(answer.json()).toMatchObject({ status: 404, code: expect.stringMatching(/^(tile-)?not-found$/) });
  });

  it('that is full is served though its partial ones were deleted, and cut to what was asked for', async () => {
    expect(tree.tiles.has('tile/0/000.p/4')).toBe(false);
    const full = (await asked('tile/0/000')).rawPayload;
    expect((await asked('tile/0/000.p/4')).rawPayload).toEqual(full.subarray(0, 4 * 32));
  });

  it('that is damaged or missing is not passed on', async () => {
    const without = (changed: (path: string) => Buffer | null): TreeReader => ({
      ...tree,
      read: async (name) => changed(tilePath(name)),
    });
    for (const [auditTree, path] of [
      [without(() => null), 'tile/0/000'],
      [without(() => Buffer.from('x')), 'tile/entries/000.p/7'],
    ] as const)
      expect((await asked(path, auditTree)).json()).toMatchObject({ status: 503, code: 'audit-tree-unavailable' });
  });

  it('is for who may read the audit', async () => {
    for (const path of ['checkpoint', 'tile/0/000'])
      expect((await asked(path, tree, 'reader')).json()).toMatchObject({ status: 403, permission: 'audit:read' });
  });

  it('and the checkpoint, when what keeps them is away, are not available, and say no more', async () => {
    const fail = () => Promise.reject(new AuditTreeUnavailable('/secret/path'));
    for (const path of ['checkpoint', 'tile/0/000']) {
      const answer = await asked(path, { read: fail, state: fail });
      expect(answer.json()).toMatchObject({ status: 503, code: 'audit-tree-unavailable' });
      expect(answer.body).not.toContain('secret');
    }
  });
});
