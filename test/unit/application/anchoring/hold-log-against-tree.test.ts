import { beforeAll, describe, expect, it } from 'vitest';
import { holdLogAgainstTree } from '../../../../src/application/anchoring/hold-log-against-tree.ts';
import type { RecordedTransition } from '../../../../src/application/ports/event-log.ts';
import type { LastSigned } from '../../../../src/application/ports/tree-store.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../../../support/transparency/anchored-log.ts';
import { createTreeInMemory } from '../../../support/transparency/tree-in-memory.ts';

const log = createInMemoryLog();
const tree = createTreeInMemory();
let signed: LastSigned;
/** Up to the checkpoint. */
let all: readonly RecordedTransition[];

beforeAll(async () => {
  await appendHistories(log, 0, 300);
  await followAndSign(anchorOf(log, tree), log);
  const last = (await tree.state())?.signed;
  if (!last) throw new Error('Nothing was signed');
  signed = last;
  all = [...log.all];
});

async function found(transitions: readonly RecordedTransition[], read = tree.read): Promise<readonly string[]> {
  const findings: string[] = [];
  await holdLogAgainstTree(transitions, { read }, signed, (stream, reason) =>
    findings.push(`${stream ?? 'the log'}: ${reason}`),
  );
  return findings;
}

const withHash = (recorded: RecordedTransition, hash: string): RecordedTransition => ({
  ...recorded,
  metadata: recorded.metadata.replace(/"hash":"[0-9a-f]{64}"/, `"hash":"${hash}"`),
});

describe('a log that is held against the checkpoint over it', () => {
  it('has nothing found as it was signed, and none with what came later', async () => {
    await appendHistories(log, 300, 310);
    expect(all.length).toBeGreaterThan(256);
    expect([await found(all), await found(log.all)]).toEqual([[], []]);
  });

  it('and was cut off, with the checkpoint or without it, has the first that is missing named', async () => {
    const { stream, revision } = all[350] as RecordedTransition;
    const cut = await found(all.slice(0, 350));
    expect(cut).toEqual([
      `the log: 400 transitions were signed, and the log has 350: its end is missing, from revision ${revision} of ${stream} on`,
      expect.stringMatching(/^audit-\w+: the checkpoint of 400 transitions was signed as its revision 0, and/),
    ]);
    expect(await found([...all.slice(0, 350), ...all.slice(400)])).toEqual(cut.slice(0, 1));
    expect(await found(all.slice(0, 256))).toHaveLength(2);
  });

  it('and has another transition in the place of one, or lacks one, has that one named, once', async () => {
    const { stream, revision } = all[300] as RecordedTransition;
    const changed = all.with(300, withHash(all[300] as RecordedTransition, 'a'.repeat(64)));
    expect(await found(changed)).toEqual([
      `${stream}: its revision ${revision} was signed as leaf 300, and the log has another one there`,
    ]);
    const [first, ...others] = await found(all.toSpliced(300, 1));
    expect(first).toContain(`${stream}: its revision ${revision} was signed as leaf 300, and the log has event-`);
    expect(others).toEqual([expect.stringContaining('400 transitions were signed, and the log has 399')]);
  });

  it('whose tiles are gone is held against the root alone', async () => {
    const changed = all.with(300, withHash(all[300] as RecordedTransition, 'a'.repeat(64)));
    const nothing = async () => null;
    expect(await found(all, nothing)).toEqual([]);
    expect(await found(changed, nothing)).toEqual([
      'the log: its first 400 transitions have another root than the one that was signed',
    ]);
  });
});
