import { beforeAll, describe, expect, it } from 'vitest';
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
});
