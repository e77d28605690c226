import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from '../../../../src/application/transparency/checkpoints.ts';
import { leafHash } from '../../../../src/application/transparency/hashing.ts';
import { formatVerifierKey } from '../../../../src/application/transparency/keys.ts';
import { makeConsistencyProof, makeInclusionProof } from '../../../../src/application/transparency/make-proofs.ts';
import { formatNote } from '../../../../src/application/transparency/notes.ts';
import { signatureLine } from '../../../../src/application/transparency/signatures.ts';
import { tilePath } from '../../../../src/application/transparency/tile-names.ts';
import { newTiles } from '../../../../src/application/transparency/tiles.ts';
import { askGo, isGoHere } from '../../../support/transparency/go.ts';
import { numbered, plainRoot, readingEntries } from '../../../support/transparency/plain-tree.ts';
import { logKey, testKey } from '../../../support/transparency/test-keys.ts';

interface Verdicts {
  readonly Notes: readonly string[];
  readonly Inclusions: readonly string[];
  readonly Consistencies: readonly string[];
  readonly Tiles: readonly (readonly string[])[];
}

const LEAVES = 33;
const entries = numbered(LEAVES);
const roots = Array.from({ length: LEAVES + 1 }, (_, size) => plainRoot(entries.slice(0, size)));
const base64 = (hash: Buffer | undefined) => hash?.toString('base64');
const read = readingEntries(entries);

describe.skipIf(!isGoHere)("Go's module of transparency logs", () => {
  it('accepts our checkpoints and proofs, refuses altered ones, and knows our tiles', {
    timeout: 120_000,
  }, async () => {
    const inclusions = [];
    const consistencies = [];
    for (let newer = 1; newer <= LEAVES; newer++)
      for (let older = 1; older <= newer; older++) {
        const about = { Newer: newer, NewerRoot: base64(roots[newer]) };
        const included = (await makeInclusionProof(older - 1, newer, read)).map(base64);
        const leaf = base64(leafHash(entries[older - 1] ?? Buffer.of()));
        inclusions.push({ ...about, Older: older - 1, OlderRoot: leaf, Hashes: included });
        const consistent = (await makeConsistencyProof(older, newer, read)).map(base64);
        consistencies.push({ ...about, Older: older, OlderRoot: base64(roots[older]), Hashes: consistent });
      }
    const text = formatCheckpoint({ origin: logKey.name, size: LEAVES, root: roots[LEAVES] ?? Buffer.of() });
    const signed = formatNote(text, [signatureLine(testKey('other.example', 9), text), signatureLine(logKey, text)]);
    const growth = [
      [0, 1],
      [0, 256],
      [255, 257],
      [300, 70_000],
      [65_535, 65_537],
    ] as const;

    const said = askGo('verify-with-go', {
      Vkey: formatVerifierKey(logKey),
      Notes: [signed, signed.replace(`\n${LEAVES}\n`, `\n${LEAVES - 1}\n`)],
      Inclusions: [
        ...inclusions,
        ...inclusions.map((each) => ({ ...each, OlderRoot: each.NewerRoot, Newer: LEAVES + 1 })),
      ],
      Consistencies: [...consistencies, ...consistencies.map((each) => ({ ...each, OlderRoot: base64(roots[0]) }))],
      Growth: growth,
    }) as Verdicts;

    const count = (LEAVES * (LEAVES + 1)) / 2;
    const half = [...Array(count).fill('accepted'), ...Array(count).fill('refused')];
    expect(said.Notes).toEqual(['accepted', 'refused']);
    expect(said.Inclusions).toEqual(half);
    expect(said.Consistencies).toEqual(half);
    for (const [at, [from, to]] of growth.entries()) {
      const ours = newTiles(from, to).filter(({ level }) => level !== 'entries');
      // Go lists what was partial in between, too.
      expect(said.Tiles[at]).toEqual(expect.arrayContaining(ours.map(tilePath)));
      const isFull = (path: string) => !path.includes('.p/');
      expect(said.Tiles[at]?.filter(isFull).toSorted()).toEqual(ours.map(tilePath).filter(isFull).toSorted());
    }
  });
});
