import { beforeAll, describe, expect, it } from 'vitest';
import { CannotStart } from '../../../src/main/cannot-start.ts';
import { receiveExport } from '../../../src/main/receive-export.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../../support/transparency/anchored-log.ts';
import { exported, verified } from '../../support/transparency/exported-log.ts';
import { createTreeInMemory } from '../../support/transparency/tree-in-memory.ts';

const log = createInMemoryLog();
const tree = createTreeInMemory();

beforeAll(async () => {
  await appendHistories(log, 0, 300);
  await followAndSign(anchorOf(log, tree), log);
});

/** Answers, each of which breaks off after so many bytes. */
function breakingOff(bytes: readonly number[]) {
  const asked: (string | null)[] = [];
  const ask = async (cursor: string | null) => {
    const at = bytes[asked.push(cursor) - 1] ?? Number.POSITIVE_INFINITY;
    const [from, to] = (cursor ?? '').split('-').map(Number);
    const left = cursor === null ? {} : { left: { from: from ?? 0, to: to ?? 0 } };
    const answer = Buffer.from(`${(await exported(log, tree, left)).join('\n')}\n`);
    return (async function* () {
      yield answer.subarray(0, at);
      if (at < answer.length) throw new Error('the connection was closed');
    })();
  };
  return { asked, ask };
}

async function received(ask: (cursor: string | null) => Promise<AsyncIterable<Uint8Array>>, isCsv = false) {
  let text = '';
  await receiveExport({
    ...{ isCsv, ask, pause: async () => {} },
    write: async (piece) => {
      text += piece;
    },
  });
  return text.split('\n').filter((line) => line !== '');
}

describe('an export that is received', () => {
  it('is valid and whole wherever it broke off, and however often', async () => {
    const { transitions } = verified(await exported(log, tree));
    for (const bytes of [[0], [1], [700], [40_000], [100_000], [150_000], [700, 60_000, 5_000, 90_000]]) {
      const { asked, ask } = breakingOff(bytes);
      const lines = await received(ask);
      expect({ bytes, findings: verified(lines).findingsCount }).toEqual({ bytes, findings: 0 });
      expect(verified(lines).transitions).toBe(transitions);
      expect(asked).toHaveLength(bytes.length + 1);
    }
  });

  it('is given up when nothing more of it comes', async () => {
    const { ask } = breakingOff([40_000, 0, 0, 0, 0, 0, 0]);
    await expect(received(ask)).rejects.toThrow(CannotStart);
  });

  it('is not joined from tables, which do not say where they broke off', async () => {
    await expect(received(breakingOff([700]).ask, true)).rejects.toThrow(/^The export broke off, and a table/);
  });
});
