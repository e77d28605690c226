import { beforeAll, describe, expect, it } from 'vitest';
import { openStreamHeads } from '../../../src/adapters/stream-heads/open-stream-heads.ts';
import { signedNote } from '../../../src/application/anchoring/signed-tree.ts';
import { verifyCheckpoint } from '../../../src/application/transparency/verify-checkpoint.ts';
import { verifySystem } from '../../../src/main/verify-system.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { anchorOf, appendHistories, followAndSign } from '../../support/transparency/anchored-log.ts';
import { exported, policy } from '../../support/transparency/exported-log.ts';
import { createTreeInMemory } from '../../support/transparency/tree-in-memory.ts';

/** Of so many histories from one on, signed with the key that all of them have; later more. */
async function logFrom(from: number, to: number) {
  const [log, tree] = [createInMemoryLog(), createTreeInMemory()];
  const anchor = anchorOf(log, tree);
  const signUpTo = async (first: number, last: number) => {
    await appendHistories(log, first, last);
    await followAndSign(anchor, log);
  };
  await signUpTo(from, to);
  return { log, tree, signUpTo };
}
type Signed = Awaited<ReturnType<typeof logFrom>>;

/** A system that serves the tiles of one log and the export of another. */
const serving = (tiles: Signed, transitions: Signed, beforeExport = async () => {}) => {
  return async (path: string): Promise<Response> => {
    if (path === '/v1/audit/checkpoint') return new Response(await signedNote(tiles.tree));
    if (path !== '/v1/audit/export')
      return new Response(new Uint8Array(tiles.tree.tiles.get(path.replace('/v1/audit/', '')) ?? []));
    await beforeExport();
    return new Response(`${(await exported(transitions.log, transitions.tree)).join('\n')}\n`);
  };
};

const noteOf = async ({ tree }: Signed) => verifyCheckpoint((await signedNote(tree)) ?? '', policy);
const known = { policy, kept: [], openHeads: openStreamHeads };
let one: Signed;
let other: Signed;

beforeAll(async () => {
  one = await logFrom(0, 300);
  other = await logFrom(1_000, 1_400);
});

describe('a running system that is verified', () => {
  it('is valid, also when it goes on meanwhile', async () => {
    const growing = await logFrom(0, 200);
    const { size } = await noteOf(growing);
    const ask = serving(growing, growing, () => growing.signUpTo(200, 300));
    const verified = await verifySystem(ask, known);
    expect(verified).toMatchObject({ found: 0, unchecked: [] });
    expect((await noteOf(growing)).size).toBeGreaterThan(size);
  });

  it('is not valid when its tiles are of another tree than its transitions, whichever is larger', async () => {
    expect((await verifySystem(serving(one, other), known)).findings).toEqual([
      expect.stringMatching(/^The first 400 transitions are not those of the checkpoint/),
    ]);
    expect((await verifySystem(serving(other, one), known)).findings).toEqual([
      expect.stringContaining('is over more than the 400 of the export'),
    ]);
  });

  it('is held against the checkpoints that were kept', async () => {
    const longer = await logFrom(0, 400);
    const kept = [await noteOf(one)];
    expect(await verifySystem(serving(longer, longer), { ...known, kept })).toMatchObject({ found: 0, unchecked: [] });
    expect((await verifySystem(serving(other, other), { ...known, kept })).findings).toHaveLength(1);
  });
});
