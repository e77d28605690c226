import { beforeAll, describe, expect, it } from 'vitest';
import { deriveUuid, streamOf } from '../../src/application/event-identity.ts';
import { AuditTreeUnavailable } from '../../src/application/failures.ts';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import type { TreeReader } from '../../src/application/ports/tree-store.ts';
import { leafHash } from '../../src/application/transparency/hashing.ts';
import { policyOfKey } from '../../src/application/transparency/policies.ts';
import { parseProofFile } from '../../src/application/transparency/proof-files.ts';
import { verifyReceipt } from '../../src/application/transparency/receipts.ts';
import { verifyCheckpoint } from '../../src/application/transparency/verify-checkpoint.ts';
import { isIncluded } from '../../src/application/transparency/verify-proofs.ts';
import { apiUnderTest, openApi, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../support/transparency/anchored-log.ts';
import { logKey, testKey } from '../support/transparency/test-keys.ts';
import { createTreeInMemory } from '../support/transparency/tree-in-memory.ts';

const policy = policyOfKey(logKey);
const log = createInMemoryLog();
const tree = createTreeInMemory();
const anchored = deriveUuid('anchored', '333');
let [own, foreign, notYet] = ['', '', ''];

/** An event whose history has its ends in different tiles, and one that came after the checkpoint. */
beforeAll(async () => {
  const { server, post, clock } = openApi({ log });
  const sent = async (as: string) => (await post(order, {}, as)).json().id;
  [own, foreign] = [await sent('shop'), await sent('other-shop')];
  const life = eventLife(log, clock, own);
  await life.start();
  await appendHistories(log, 0, 700);
  await life.succeed();
  await followAndSign(anchorOf(log, tree), log);
  await eventLife(log, clock, foreign).start();
  notYet = await sent('shop');
  await server.close();
});

const asked = (
  id: string,
  {
    as = 'auditor',
    accept = 'application/json',
    ...given
  }: { as?: string; accept?: string; auditTree?: TreeReader; log?: EventLog } = {},
) =>
  apiUnderTest({ log, auditTree: tree, ...given }).call({ url: `/v1/events/${id}/receipt`, as, headers: { accept } });

describe('a receipt', () => {
  it('proves without EventOps that the history is under a checkpoint', async () => {
    const answer = await asked(own);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(verifyReceipt(answer.body, policy)).toMatchObject({
      stream: streamOf(own),
      ...{ upToRevision: 2, newestRevision: 2 },
      checkpoint: { origin: logKey.name, size: (await tree.state())?.size },
    });
    expect(answer.json().items.map(({ type }: { type: string }) => type)).toEqual([
      ...['EventReceived', 'ProcessingStarted', 'ProcessingSucceeded'],
    ]);
    expect(answer.json().items[0].data.payload).toBe(JSON.stringify(order.payload));
  });

  it.each([0, 1, 2, 254, 255, 256, 257, 511, 512, 699])(
    'is found for any history of the log: number %d',
    async (number) => {
      const id = deriveUuid('anchored', String(number));
      expect(verifyReceipt((await asked(id)).body, policy)).toMatchObject({ stream: streamOf(id) });
    },
  );

  it('is found without reading the log from its beginning', async () => {
    let reads = 0;
    const counting: EventLog = {
      ...log,
      readStream: (...given) => {
        reads += 1;
        return log.readStream(...given);
      },
      subscribeAll: () => {
        throw new Error('The log is not followed for a receipt');
      },
    };
    const api = apiUnderTest({ log: counting, auditTree: tree, apiKeys: apiUnderTest().apiKeys });
    const answer = await api.call({ url: `/v1/events/${anchored}/receipt`, as: 'auditor' });
    expect(verifyReceipt(answer.body, policy).stream).toBe(streamOf(anchored));
    // The last leaf, and the beginnings of as many bundles as halving four takes.
    expect(reads).toBeLessThanOrEqual(1 + 2);
  });

  it('ends where the checkpoint does, and says that there is more', async () => {
    expect(verifyReceipt((await asked(foreign)).body, policy)).toMatchObject({ upToRevision: 0, newestRevision: 1 });
  });

  it('has hashes that hold without the payload, for whoever may not see it', async () => {
    const { body } = await asked(own, { as: 'viewer' });
    expect(body).not.toContain('A-1');
    expect(verifyReceipt(body, policy)).toMatchObject({ upToRevision: 2 });
  });

  it('is for the client that sent the event, and no other client', async () => {
    expect(verifyReceipt((await asked(own, { as: 'shop' })).body, policy).stream).toBe(streamOf(own));
    expect((await asked(own, { as: 'other-shop' })).json()).toMatchObject({ status: 404, code: 'event-not-found' });
    expect((await asked(own, { as: 'nobody' })).json()).toMatchObject({ status: 403, permission: 'audit:read' });
  });

  it('of an event that came after the checkpoint is to be asked for again', async () => {
    for (const [id, auditTree] of [
      [notYet, tree],
      [own, createTreeInMemory()],
    ] as const) {
      const answer = await asked(id, { auditTree });
      expect(answer.json()).toMatchObject({ status: 409, code: 'receipt-not-ready' });
      expect(answer.headers['retry-after']).toBe('10');
    }
  });

  it('of an unknown event is not there', async () => {
    for (const id of [deriveUuid('never sent'), 'x', '..%2f..'])
      expect((await asked(id)).json()).toMatchObject({ status: 404, code: 'event-not-found' });
  });

  it('is not made of a tree that is away, damaged, or of another log', async () => {
    const away = () => Promise.reject(new AuditTreeUnavailable('away'));
    const damaged: TreeReader = { ...tree, read: async (name) => (await tree.read(name))?.subarray(1) ?? null };
    for (const auditTree of [{ read: away, state: away }, damaged])
      expect((await asked(own, { auditTree })).json()).toMatchObject({ status: 503, code: 'audit-tree-unavailable' });
    const other = createInMemoryLog();
    await appendHistories(other, 0, 3);
    const answer = await asked(deriveUuid('anchored', '2'), { log: other });
    expect(answer.json()).toMatchObject({ status: 409, code: 'history-broken' });
  });
});

describe('a receipt as text', () => {
  it('is one proof of the standard, of the last transition that is anchored', async () => {
    const answer = await asked(own, { accept: 'text/plain' });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', vary: 'accept' });
    const { extra, index, proof, checkpoint } = parseProofFile(answer.body);
    expect(JSON.parse(String(extra))).toMatchObject({ stream: streamOf(own), revision: 2, index });
    expect(isIncluded(leafHash(extra ?? Buffer.of()), index, verifyCheckpoint(checkpoint, policy), proof)).toBe(true);
  });
});

describe('a receipt that was changed', () => {
  const changed = async (change: (receipt: ReturnType<typeof JSON.parse>) => unknown) => {
    const receipt = (await asked(own)).json();
    return JSON.stringify(change(receipt) ?? receipt);
  };
  const ofItem = (at: number, members: object) => (receipt: { items: object[] }) => {
    Object.assign(receipt.items[at] ?? {}, members);
  };

  it.each([
    ['data', ofItem(1, { data: { other: 1 } }), /, revision 1: has the hash/],
    ['the type', ofItem(2, { type: 'ProcessingFailed' }), /, revision 2: has the hash/],
    ['when it was', ofItem(0, { recordedAt: '2030-01-01T00:00:00.001Z' }), /, revision 0: has the hash/],
    ['a member that is new', ofItem(0, { note: 'x' }), /, revision 0: has the hash/],
    ['the hash', ofItem(1, { hash: '0'.repeat(64) }), /, revision 1: has the hash/],
    [
      'the order',
      (receipt: { items: object[] }) => void (receipt.items = receipt.items.toReversed()),
      /revision 0: is not what follows/,
    ],
    ['the middle', ({ items }: { items: object[] }) => void items.splice(1, 1), /revision 1: is not what follows/],
    ['the beginning', ({ items }: { items: object[] }) => void items.shift(), /revision 0: is not what follows/],
  ])('in %s is refused, and what is wrong is named', async (_what, change, message) => {
    const text = await changed(change);
    expect(() => verifyReceipt(text, policy)).toThrow(message);
    expect(() => verifyReceipt(text, policy)).toThrow(expect.objectContaining({ name: 'NotTrusted' }));
  });

  it('in a proof is refused', async () => {
    const swapped = await changed(({ items }) => {
      [items[0].proof, items[1].proof] = [items[1].proof, items[0].proof];
    });
    expect(() => verifyReceipt(swapped, policy)).toThrow(/revision 0: the proof does not lead to the root/);
    const unsigned = await changed(ofItem(0, { proof: 'c2sp.org/tlog-proof@v1\nindex 0\n\nx\n' }));
    expect(() => verifyReceipt(unsigned, policy)).toThrow(/revision 0/);
  });

  it('is refused by whoever trusts another key', async () => {
    const { body } = await asked(own);
    const other = policyOfKey(testKey(logKey.name, 9));
    expect(() => verifyReceipt(body, other)).toThrow(/revision 0: The checkpoint of .* is not signed by a key/);
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"format":"eventops-receipt@v1","items":[],"newestRevision":0}',
    '{"format":"eventops-receipt@v1","items":[null],"newestRevision":0}',
    '{"format":"eventops-receipt@v1","items":[{"hash":"x","proof":"","data":1}],"newestRevision":0}',
    '{"format":"eventops-receipt@v2","items":[{}],"newestRevision":0}',
    `{"format":"eventops-receipt@v1","newestRevision":0,"items":[{"stream":"s","revision":0,"prevHash":"${'0'.repeat(64)}","hash":"${'0'.repeat(64)}","proof":"","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}]}`,
  ])('into what is none is refused: %#', (text) => {
    expect(() => verifyReceipt(text, policy)).toThrow(expect.objectContaining({ name: 'Malformed' }));
  });
});
