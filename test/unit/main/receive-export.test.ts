import { beforeAll, describe, expect, it } from 'vitest';
import { CannotStart } from '../../../src/main/cannot-start.ts';
import { receiveExport } from '../../../src/main/receive-export.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../../support/transparency/anchored-log.ts';
import { exported, verified } from '../../support/transparency/exported-log.ts';
import { createTreeInMemory } from '../../support/transparency/tree-in-memory.ts';

const log = createInMemoryLog();
const tree = createTreeInMemory();
const anchor = anchorOf(log, tree);

beforeAll(async () => {
  await appendHistories(log, 0, 300);
  await followAndSign(anchor, log);
});

/** Answers, each of which breaks off after so many bytes. */
function breakingOff(bytes: readonly number[]) {
  const asked: (string | null)[] = [];
  const ask = async (cursor: string | null) => {
    const at = bytes[asked.push(cursor) - 1] ?? Number.POSITIVE_INFINITY;
    const [from = 0, to = 0, treeSize = 0] = (cursor ?? '').split('-').map(Number);
    const left = cursor === null ? {} : { left: { from, to, treeSize } };
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

  it('is valid also when other checkpoints were signed between the break and the rest', async () => {
    const { checkpoint } = verified(await exported(log, tree));
    const { asked, ask } = breakingOff([40_000, 60_000]);
    let histories = 300;
    const lines = await received(async (cursor) => {
      const answer = await ask(cursor);
      await appendHistories(log, histories, (histories += 200));
      await followAndSign(anchor, log);
      return answer;
    });
    expect(asked).toHaveLength(3);
    expect(verified(lines)).toMatchObject({ findingsCount: 0, checkpoint, transitions: checkpoint.size });
  });

  it('is given up when nothing more of it comes', async () => {
    const { ask } = breakingOff([40_000, 0, 0, 0, 0, 0, 0]);
    await expect(received(ask)).rejects.toThrow(CannotStart);
  });

  it('is not joined from tables, which do not say where they broke off', async () => {
    await expect(received(breakingOff([700]).ask, true)).rejects.toThrow(/^The export broke off, and a table/);
  });
});
