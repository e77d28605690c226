import { beforeAll, describe, expect, it } from 'vitest';
import { deriveUuid } from '../../src/application/event-identity.ts';
import type { TreeReader } from '../../src/application/ports/tree-store.ts';
import type { TileName } from '../../src/application/transparency/tile-names.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../support/transparency/anchored-log.ts';
import { verified } from '../support/transparency/exported-log.ts';
import { createTreeInMemory } from '../support/transparency/tree-in-memory.ts';

const log = createInMemoryLog();
const tree = createTreeInMemory();
const anchor = anchorOf(log, tree);

beforeAll(async () => {
  await appendHistories(log, 0, 100);
  await followAndSign(anchor, log);
});

const exported = (query = '', as = 'auditor') =>
  apiUnderTest({ log, auditTree: tree }).call({ url: `/v1/audit/export${query}`, as });
const linesOf = (body: string) => body.split('\n').filter((line) => line !== '');

describe('an export over HTTP', () => {
  it('is a valid proof of every transition that is signed', async () => {
    const answer = await exported();
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    const { transitions, leftOut, findingsCount, checkpoint } = verified(linesOf(answer.body));
    expect({ leftOut, findingsCount, transitions }).toEqual({
      ...{ leftOut: 0, findingsCount: 0, transitions: checkpoint.size },
    });
  });

  it('goes on from a leaf where it broke off', async () => {
    const { checkpoint } = verified(linesOf((await exported()).body));
    const rest = await exported(`?cursor=10-${checkpoint.size}-${checkpoint.size}`);
    expect(verified(linesOf(rest.body))).toMatchObject({
      ...{ findingsCount: 0, header: { from: 10 }, transitions: checkpoint.size - 10 },
    });
  });

  it('goes on under the checkpoint that it began with when another was signed since', async () => {
    const begun = linesOf((await exported()).body);
    const { size } = verified(begun).checkpoint;
    await appendHistories(log, 100, 400);
    await followAndSign(anchor, log);
    const [header, ...rest] = linesOf((await exported(`?cursor=0-${size}-${size}`)).body);
    expect(JSON.parse(header ?? '')).toMatchObject({ treeSize: size, filter: { cursor: `0-${size}-${size}` } });
    expect(verified([...begun.slice(0, 1), ...rest])).toMatchObject({ findingsCount: 0, transitions: size });
  });

  it('is a table for people on request', async () => {
    const answer = await exported('?format=csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(linesOf(answer.body).length).toBeGreaterThan(100);
  });

  const damaged = (level: TileName['level'], change: (bytes: Buffer) => Buffer): TreeReader => ({
    ...tree,
    read: async (name) => {
      const bytes = await tree.read(name);
      return bytes && name.level === level ? change(bytes) : bytes;
    },
  });
  it.each([
    ['a tile of hashes that was cut off', damaged(0, (bytes) => bytes.subarray(1))],
    ['a tile of hashes that is too long', damaged(0, (bytes) => Buffer.concat([bytes, bytes]))],
    ['a bundle that was cut off', damaged('entries', (bytes) => bytes.subarray(0, -1))],
    ['a bundle of what are no entries', damaged('entries', (bytes) => Buffer.from(bytes).fill('x', 2, 9))],
  ])('is not made of %s, and a receipt neither', async (_what, auditTree) => {
    const api = apiUnderTest({ log, auditTree });
    for (const url of ['/v1/audit/export', `/v1/events/${deriveUuid('anchored', '3')}/receipt`])
      expect((await api.call({ url, as: 'auditor' })).json()).toMatchObject({
        ...{ status: 503, code: 'audit-tree-unavailable' },
      });
  });
});
