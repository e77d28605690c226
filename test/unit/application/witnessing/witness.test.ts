import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { initWitnessStore, openWitnessStore } from '../../../../src/adapters/witness-store/witness-store.ts';
import { auditTreeIdOf } from '../../../../src/application/anchoring/signed-checkpoints.ts';
import type { WitnessStore } from '../../../../src/application/ports/witness-store.ts';
import { formatAddCheckpoint, parseAddCheckpoint } from '../../../../src/application/transparency/add-checkpoint.ts';
import { formatCheckpoint } from '../../../../src/application/transparency/checkpoints.ts';
import { formatVerifierKey } from '../../../../src/application/transparency/keys.ts';
import { makeConsistencyProof } from '../../../../src/application/transparency/make-proofs.ts';
import { formatNote, parseNote, parseSignatureLines } from '../../../../src/application/transparency/notes.ts';
import { signatureLine, verifySignatures } from '../../../../src/application/transparency/signatures.ts';
import { createWitness } from '../../../../src/application/witnessing/witness.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';
import { numbered, plainRoot, readingEntries } from '../../../support/transparency/plain-tree.ts';
import { logKey, testKey, witnessKeys } from '../../../support/transparency/test-keys.ts';

const [key] = witnessKeys as [(typeof witnessKeys)[number]];
const vkey = formatVerifierKey(key);
const entries = numbered(40);

const signed = (size: number, { root = plainRoot(entries.slice(0, size)), by = logKey } = {}) => {
  const text = formatCheckpoint({ origin: by.name, size, root });
  return formatNote(text, [signatureLine(by, text)]);
};
const proofOf = (from: number, to: number) => makeConsistencyProof(from, to, readingEntries(entries.slice(0, to)));

async function request(from: number, to: number, changes: Parameters<typeof signed>[1] = {}) {
  const proof = from > to ? [] : await proofOf(from, to);
  return formatAddCheckpoint({ oldSize: from, proof, checkpoint: signed(to, changes) });
}

async function newWitness(wrapped: (store: WitnessStore) => WitnessStore = (store) => store) {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-witness-'));
  initWitnessStore(folder, vkey);
  let store = openWitnessStore(folder, vkey);
  onTestFinished(async () => {
    store.close();
    await rm(folder, { recursive: true });
  });
  const witnessOn = (on: WitnessStore) => createWitness({ key, logs: [logKey], store: on, clock: manualClock() });
  return {
    folder,
    store: () => store,
    ...witnessOn(wrapped(store)),
    reopened: () => {
      store.close();
      store = openWitnessStore(folder, vkey);
      return witnessOn(store);
    },
  };
}

describe('a witness', () => {
  it('cosigns a log that grows, step by step, over restarts', async () => {
    let witness = await newWitness();
    const opened = witness;
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 2],
      [2, 7],
      [7, 40],
    ] as const) {
      const { status, body } = witness.addCheckpoint(await request(from, to));
      expect([status, body]).toEqual([200, expect.stringMatching(/^— witness\.example\/w2 .*\n$/)]);
      const note = { ...parseNote(signed(to)), signatures: parseSignatureLines(body) };
      expect(verifySignatures(note, [key])).toEqual([{ key, atSeconds: 1_893_456_000 }]);
      witness = { ...witness, ...opened.reopened() };
    }
    const latest = opened.store().latestByHash(auditTreeIdOf(logKey.name));
    expect(latest).toMatchObject({ size: 40 });
    expect(verifySignatures(parseNote(latest?.note ?? ''), [key, logKey])).toHaveLength(2);
  });

  it('says what it holds when it is asked to go on from something else', async () => {
    const { addCheckpoint } = await newWitness();
    expect(addCheckpoint(await request(3, 7))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '0\n' });
    addCheckpoint(await request(0, 7));
    for (const from of [0, 6, 8])
      expect(addCheckpoint(await request(from, 40))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '7\n' });
  });

  it.each([
    ['another root for the size that it knows', () => request(7, 7, { root: plainRoot(entries.slice(1, 8)) })],
    ['a log that was rewritten', () => request(7, 9, { root: plainRoot(entries.slice(1, 10)) })],
    [
      'a proof that is not one',
      async () => formatAddCheckpoint({ oldSize: 7, proof: await proofOf(6, 9), checkpoint: signed(9) }),
    ],
    [
      'a proof where none belongs',
      async () => formatAddCheckpoint({ oldSize: 7, proof: await proofOf(6, 9), checkpoint: signed(7) }),
    ],
  ])('does not cosign %s, and remembers nothing of it', async (_what, asked) => {
    const { addCheckpoint, store } = await newWitness();
    addCheckpoint(await request(0, 7));
    expect(addCheckpoint(await asked()).status).toBe(422);
    expect(store().latest(logKey.name)?.size).toBe(7);
    expect(addCheckpoint(await request(7, 9)).status).toBe(200);
  });

  it('wants of a tree without leaves that it has their root, and of the first one no proof', async () => {
    const { addCheckpoint } = await newWitness();
    expect(addCheckpoint(await request(0, 0, { root: Buffer.alloc(32) })).status).toBe(422);
    const proof = await proofOf(1, 2);
    expect(addCheckpoint(formatAddCheckpoint({ oldSize: 0, proof, checkpoint: signed(2) })).status).toBe(422);
    expect(addCheckpoint(await request(0, 0)).status).toBe(200);
  });

  it('does not know other logs, nor other keys, nor signatures that do not hold', async () => {
    const { addCheckpoint, store } = await newWitness();
    expect(addCheckpoint(await request(0, 7, { by: testKey('other.example/audit', 1) })).status).toBe(404);
    expect(addCheckpoint(await request(0, 7, { by: testKey(logKey.name, 9) })).status).toBe(403);
    const forged = (await request(0, 7)).replace('\n7\n', '\n8\n');
    expect(addCheckpoint(forged).status).toBe(403);
    expect(store().latest(logKey.name)).toBeNull();
  });

  it.each([
    '',
    'old 0',
    'old 0\n\n',
    'old -1\n\nx\n',
    'old 01\n\nx\n',
    'new 0\n\nx\n',
    `old 0\n${'A'.repeat(44)}\n\nx\n`,
    `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${signed(7)}`,
    'old 99999999999999999999\n\nx\n',
    `old 9\n\n${signed(7)}`,
    `old 0\n\n${signed(7)}`.slice(0, -1),
  ])('refuses what is no request: %#', async (text) => {
    const { addCheckpoint, store } = await newWitness();
    expect(addCheckpoint(text).status).toBe(400);
    expect(store().latest(logKey.name)).toBeNull();
  });

  it('that ended between storing and answering goes on from what it stored', async () => {
    const killed = new Error('killed');
    const witness = await newWitness((store) => ({
      ...store,
      replace(...given) {
        store.replace(...given);
        throw killed;
      },
    }));
    const asked = await request(0, 7);
    expect(() => witness.addCheckpoint(asked)).toThrow(killed);
    const again = witness.reopened();
    expect(again.addCheckpoint(await request(0, 5))).toMatchObject({ status: 409, body: '7\n' });
    expect(again.addCheckpoint(await request(7, 7)).status).toBe(200);
    expect(again.addCheckpoint(await request(7, 9)).status).toBe(200);
  });

  it('does not roll back when two requests come at once', async () => {
    const larger = await request(0, 9);
    let other: (() => void) | null = null;
    const witness = await newWitness((store) => ({
      ...store,
      replace(...given) {
        other?.();
        return store.replace(...given);
      },
    }));
    const second = createWitness({ key, logs: [logKey], store: witness.store(), clock: manualClock() });
    other = () => {
      other = null;
      expect(second.addCheckpoint(larger).status).toBe(200);
    };
    expect(witness.addCheckpoint(await request(0, 7))).toMatchObject({ status: 409, body: '9\n' });
    expect(witness.store().latest(logKey.name)?.size).toBe(9);
  });
});

describe("a witness's database", () => {
  it('is made once, and is the one that was made', async () => {
    const { folder, store } = await newWitness();
    expect(() => initWitnessStore(folder, vkey)).toThrow('is there already');
    expect(() => openWitnessStore(folder, vkey)).toThrow(/another witness runs on it/);
    store().close();
    expect(() => openWitnessStore(folder, formatVerifierKey(logKey))).toThrow(/not the database that was made with/);
    await unlink(join(folder, 'witness.sqlite'));
    expect(() => openWitnessStore(folder, vkey)).toThrow(/is missing: this witness .* has to be retired/);
    await writeFile(join(folder, 'witness.sqlite'), '');
    expect(() => openWitnessStore(folder, vkey)).toThrow(/cannot be used as the database/);
    await writeFile(
      join(folder, 'witness.sqlite'),
      'no database at all, but longer than a header of one is '.repeat(9),
    );
    expect(() => openWitnessStore(folder, vkey)).toThrow(/cannot be used as the database/);
    await unlink(join(folder, 'witness.sqlite'));
    initWitnessStore(folder, vkey);
  });
});

describe('a request to a witness', () => {
  it('is read as it was written', async () => {
    const written = { oldSize: 7, proof: await proofOf(7, 40), checkpoint: signed(40) };
    expect(parseAddCheckpoint(formatAddCheckpoint(written))).toEqual(written);
  });
});
