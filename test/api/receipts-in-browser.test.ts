import { beforeAll, describe, expect, it } from 'vitest';
import { verifyReceipt as verifyInBrowser } from '../../console/src/pages/audit/verify/receipt.ts';
import { deriveUuid, streamOf } from '../../src/application/event-identity.ts';
import { formatVerifierKey } from '../../src/application/transparency/keys.ts';
import { policyOfKey } from '../../src/application/transparency/policies.ts';
import { verifyReceipt } from '../../src/application/transparency/receipts.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../support/transparency/anchored-log.ts';
import { logKey, testKey } from '../support/transparency/test-keys.ts';
import { createTreeInMemory } from '../support/transparency/tree-in-memory.ts';

const log = createInMemoryLog();
const tree = createTreeInMemory();
const key = formatVerifierKey(logKey);

beforeAll(async () => {
  await appendHistories(log, 0, 300);
  await followAndSign(anchorOf(log, tree), log);
});

async function receiptOf(number: number): Promise<string> {
  const id = deriveUuid('anchored', String(number));
  const url = `/v1/events/${id}/receipt`;
  return (await apiUnderTest({ log, auditTree: tree }).call({ url, as: 'auditor' })).body;
}

/** What someone may do to a receipt. */
const alterations: readonly [string, (receipt: string) => string][] = [
  ['data that are others', (text) => text.replace('"data":{', '"data":{"more":1,')],
  ['a time that is another', (text) => text.replace(/"recordedAt":"2/, '"recordedAt":"3')],
  ['another stream', (text) => text.replaceAll('"stream":"event-', '"stream":"event-0')],
  ['a proof with another index', (text) => text.replace(/index (\d+)/, 'index 1$1')],
  [
    'a proof with the index of the leaf beside it',
    (text) => text.replace(/index (\d+)/, (_, index) => `index ${index ^ 1}`),
  ],
  [
    'a proof with another hash',
    (text) => text.replace(/(index \d+\\n)(.)/, (_, before, first) => before + (first === 'A' ? 'B' : 'A')),
  ],
  ['a proof without its last hash', (text) => text.replace(/\\n[^\\]+\\n\\n/, '\\n\\n')],
  ['a checkpoint of a larger tree', (text) => text.replace(/(\\n\\n[^\\]+\\n)(\d+)/, '$11$2')],
  ['a checkpoint without its signature', (text) => text.replace(/— [^\\]+\\n/, '')],
  ['another format', (text) => text.replace('eventops-receipt@v1', 'eventops-receipt@v2')],
  ['an end that is not there', (text) => text.slice(0, -2)],
  ['no items', (text) => JSON.stringify({ ...JSON.parse(text), items: [] })],
  ['no beginning', (text) => JSON.stringify({ ...JSON.parse(text), items: JSON.parse(text).items.slice(1) })],
];

describe('the browser verifies a receipt', () => {
  it.each([0, 1, 2, 127, 128, 255, 256, 299])('of any history, as the program does: number %d', async (number) => {
    const receipt = await receiptOf(number);
    const { checkpoint, ...shown } = verifyReceipt(receipt, policyOfKey(logKey));
    expect(await verifyInBrowser(receipt, key)).toMatchObject({
      ...shown,
      stream: streamOf(deriveUuid('anchored', String(number))),
      checkpoint: { origin: checkpoint.origin, size: checkpoint.size },
    });
  });

  it.each(alterations)('and refuses, as the program does, %s', async (_, alter) => {
    const receipt = await receiptOf(200);
    const altered = alter(receipt);
    expect(altered).not.toBe(receipt);
    expect(() => verifyReceipt(altered, policyOfKey(logKey))).toThrow();
    await expect(verifyInBrowser(altered, key)).rejects.toThrow(/./);
  });

  it('and refuses one that another key signed', async () => {
    const other = formatVerifierKey(testKey(logKey.name, 9));
    await expect(verifyInBrowser(await receiptOf(1), other)).rejects.toThrow('is not signed by this key');
  });

  it.each(['', 'no key', key.replace(/\+[0-9a-f]{8}\+/, '+00000000+')])(
    'and refuses what is no key: %j',
    async (text) => {
      await expect(verifyInBrowser(await receiptOf(1), text)).rejects.toThrow('key');
    },
  );
});
