import { beforeAll, describe, expect, it } from 'vitest';
import { signedNote } from '../../../../src/application/anchoring/signed-tree.ts';
import { streamOf } from '../../../../src/application/event-identity.ts';
import { formatEntry, parseEntry } from '../../../../src/application/transparency/entries.ts';
import { formatVerifierKey } from '../../../../src/application/transparency/keys.ts';
import { parsePolicy, policyOfKey } from '../../../../src/application/transparency/policies.ts';
import { signatureLine } from '../../../../src/application/transparency/signatures.ts';
import { received, started } from '../../../support/domain/transitions.ts';
import { falsified } from '../../../support/falsified-log.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { sealedHistory } from '../../../support/sealed-history.ts';
import { anchorOf, appendHistories, followAndSign, receivedFrom } from '../../../support/transparency/anchored-log.ts';
import { exported, findingsIn } from '../../../support/transparency/exported-log.ts';
import { logKey, testKey, witnessKeys } from '../../../support/transparency/test-keys.ts';
import { createTreeInMemory } from '../../../support/transparency/tree-in-memory.ts';

/** What an auditor was given: 400 transitions, of histories with one and with two. */
let lines: readonly string[] = [];
const log = createInMemoryLog();
const tree = createTreeInMemory();

beforeAll(async () => {
  await appendHistories(log, 0, 300);
  await followAndSign(anchorOf(log, tree), log);
  lines = await exported(log, tree);
});

/** The line of a leaf; leaves 300 and 301 are two transitions of one history. */
const lineOf = (leaf: number) => lines.findIndex((line) => line.startsWith(`{"leaf":${leaf},`));
const named = (leaf: number) => {
  const { stream, revision } = JSON.parse(lines[lineOf(leaf)] ?? '').transition;
  return `${stream}, revision ${revision} (leaf ${leaf})`;
};
/** Another export, with these lines in place of those of a leaf. */
const instead = (leaf: number, ...others: readonly string[]) => lines.toSpliced(lineOf(leaf), 1, ...others);
const text = (leaf: number) => lines[lineOf(leaf)] ?? '';

describe('the lines of an export of which something was changed', () => {
  it.each([true, false])(
    'name the transition of which any one byte is another, with payloads: %s',
    async (payloads) => {
      const [before = '', bundle = '', line = '', ...rest] = await exported(log, tree, {
        ...{ left: { from: 300, to: 302, treeSize: 400 }, payloads },
      });
      // A byte of each seven: all of them take a minute.
      for (let at = 0; at < line.length; at += 7) {
        const changed = line.slice(0, at) + (line[at] === '7' ? '8' : '7') + line.slice(at + 1);
        const found = findingsIn([before, bundle, changed, ...rest]);
        expect(found.some((finding) => finding.startsWith(named(300)))).toBe(true);
      }
    },
  );

  it('name the transition that was removed', () => {
    expect(findingsIn(instead(300))).toEqual([
      `${named(300)}: is missing`,
      'The export had 400 transitions, and 399 are there',
    ]);
  });

  it('name the transition in whose place another one was put, and the other', () => {
    const [one, other] = [text(300), text(305)];
    const swapped = lines.with(lineOf(300), other).with(lineOf(305), one);
    expect(findingsIn(swapped)).toContain(`${named(300)}: stands behind leaf 305, or twice`);
    const exchanged = lines
      .with(lineOf(300), other.replace('"leaf":305', '"leaf":300'))
      .with(lineOf(305), one.replace('"leaf":300', '"leaf":305'));
    const withoutLeaf = (leaf: number) => named(leaf).replace(/ \(.*/, '');
    expect(findingsIn(exchanged)).toEqual([
      `${named(300)}: ${withoutLeaf(305)} stands in its place`,
      `${named(305)}: ${withoutLeaf(300)} stands in its place`,
    ]);
  });

  it('name each transition of a history that was removed', () => {
    const [first, second] = [named(300), named(301)];
    expect(first.split(',')[0]).toBe(second.split(',')[0]);
    const left = lines.filter((line) => !/^\{"leaf":30[01],/.test(line));
    expect(findingsIn(left).slice(0, 2)).toEqual([`${first}: is missing`, `${second}: is missing`]);
  });

  it('name each transition of a history that was written again with all its hashes', () => {
    const stream = String(JSON.parse(text(300)).transition.stream);
    const again = sealedHistory([receivedFrom('bank'), started()], stream.slice('event-'.length));
    const forged = again.map((recorded, at) => {
      const { metadata, data, ...rest } = recorded;
      const { $correlationId: correlationId, $causationId: causationId, hash, ...others } = JSON.parse(metadata);
      const { id, type, schemaVersion, recordedAt } = rest;
      const envelope = {
        ...others,
        stream,
        revision: at,
        id,
        type,
        schemaVersion,
        recordedAt,
        correlationId,
        causationId,
      };
      return `{"leaf":${300 + at},"transition":${JSON.stringify({ ...envelope, hash }).slice(0, -1)},"data":${data}}}`;
    });
    const found = findingsIn(lines.with(lineOf(300), forged[0] ?? '').with(lineOf(301), forged[1] ?? ''));
    expect(found.filter((each) => each.includes('was written again, with a hash of its own')).length).toBe(2);
    expect(found.map((each) => each.split(':')[0])).toEqual(expect.arrayContaining([named(300), named(301)]));
  });

  it('are believed in no part when what the tree says of them was changed, too', () => {
    const bundle = lines.findIndex((line) => line.startsWith('{"entries"') && line.includes('"index":300'));
    const entries = JSON.parse(lines[bundle] ?? '').entries.map((entry: object) => parseEntry(JSON.stringify(entry)));
    const changed = { ...entries[300 - 256], hash: 'a'.repeat(64) };
    const line = (lines[bundle] ?? '').replace(formatEntry(entries[300 - 256]), formatEntry(changed));
    expect(findingsIn(lines.with(bundle, line))).toEqual([
      'The entries of leaves 256 to 399 are not those that were signed',
    ]);
  });

  it('are believed in no part when they end too early, wherever that is', () => {
    for (const length of [1, 2, 3, 100, 258, lines.length - 1])
      expect(findingsIn(lines.slice(0, length)).join()).toMatch(/ends before its end/);
    expect(findingsIn([])).toEqual(['The export: is empty']);
  });

  it('are held against what was asked for: fewer leaves, with the rest cut off, are not all', () => {
    const [header = '', ...rest] = lines;
    const kept = rest.slice(0, 257);
    const cut = [header.replace('"to":400', '"to":256'), ...kept, '{"end":{"transitions":256}}'];
    expect(findingsIn(cut)).toEqual(['Leaves 0 to 256 of 400 are fewer than the filter of the export asks for']);
  });
});

describe('a log that was changed after it was signed', () => {
  it('is exported with what it has, and the transition is named', async () => {
    const stream = String(JSON.parse(text(300)).transition.stream);
    const changed = falsified(log, (recorded) =>
      recorded.stream === stream && recorded.revision === 1n
        ? { data: recorded.data.replace('"attempt":1', '"attempt":2') }
        : {},
    );
    expect(findingsIn(await exported(changed, tree))[0]).toMatch(`${named(301)}: is not what was written`);
    const unreadable = falsified(log, (recorded) => (recorded.stream === stream ? { metadata: 'no JSON' } : {}));
    expect(findingsIn(await exported(unreadable, tree))[0]).toBe(
      `${named(300)}: the log had something else when it was exported`,
    );
  });

  it('and lacks a transition, a whole history, or its end, has them named', async () => {
    const without = (isGone: (stream: string, revision: bigint, leaf: number) => boolean) => ({
      ...log,
      async *subscribeAll(...given: Parameters<typeof log.subscribeAll>) {
        for await (const message of log.subscribeAll(...given))
          if (message.kind !== 'transitions') yield message;
          else {
            const transitions = message.transitions.filter(
              ({ stream, revision, position }) => !isGone(stream, revision, Number(position)),
            );
            if (transitions.length > 0) yield { ...message, transitions };
          }
      },
    });
    const of = String(JSON.parse(text(300)).transition.stream);
    const gone = 'the log did not have it when it was exported';
    const one = await exported(
      without((stream, revision) => stream === of && revision === 0n),
      tree,
    );
    expect(findingsIn(one)).toEqual([`${named(300)}: ${gone}`]);
    const history = await exported(
      without((stream) => stream === of),
      tree,
    );
    expect(findingsIn(history)).toEqual([`${named(300)}: ${gone}`, `${named(301)}: ${gone}`]);
    const end = await exported(
      without((_stream, _revision, leaf) => leaf >= 398),
      tree,
    );
    expect(findingsIn(end)).toEqual([`${named(398)}: ${gone}`, `${named(399)}: ${gone}`]);
  });
});

describe('a log that was changed and signed again by whoever has its key', () => {
  /** All of it was written again, with one history left out, another in its place, or without its end. */
  async function signedAgain(histories: readonly [number, number][]) {
    const [forged, forgedTree] = [createInMemoryLog(), createTreeInMemory()];
    for (const [from, to] of histories) await appendHistories(forged, from, to);
    await followAndSign(anchorOf(forged, forgedTree), forged);
    return exported(forged, forgedTree);
  }
  const kept = async () => [(await signedNote(tree)) ?? ''];

  it('is valid in itself, and not what was signed in a checkpoint that an auditor kept', async () => {
    const forgeries = [
      [
        [0, 100],
        [101, 300],
        [400, 401],
      ],
      [
        [0, 100],
        [500, 501],
        [101, 300],
      ],
    ] as const;
    for (const histories of forgeries) {
      const forged = await signedAgain(histories.map(([from, to]) => [from, to]));
      expect(findingsIn(forged)).toEqual([]);
      expect(findingsIn(forged, { kept: await kept() }).join()).toMatch(/400 transitions .*kept/);
    }
  });

  it('lacks its end, as a checkpoint shows that was kept', async () => {
    expect(findingsIn(await signedAgain([[0, 200]]), { kept: await kept() })).toEqual([
      'The checkpoint of 400 transitions that was kept is over more than the 267 of the export: the end of the log was cut off',
    ]);
  });

  it('is not cosigned by a witness that saw more of it', async () => {
    const policy = parsePolicy(
      `log ${formatVerifierKey(logKey)}\nwitness w1 ${formatVerifierKey(witnessKeys[0] ?? logKey)}\nquorum w1\n`,
    );
    const forged = await signedAgain([[0, 200]]);
    expect(findingsIn(forged, { policy })).toEqual([
      'The checkpoint of log.example/audit lacks cosignatures: w1 has not cosigned it',
    ]);
    const note = (await signedNote(tree)) ?? '';
    const cosignature = signatureLine(witnessKeys[0] ?? logKey, note.slice(0, note.indexOf('\n\n') + 1), 1_900_000_000);
    const header = JSON.parse(lines[0] ?? '');
    const cosigned = lines.with(0, JSON.stringify({ ...header, checkpoint: note + cosignature }));
    expect(findingsIn(cosigned, { policy })).toEqual([]);
  });

  it('shows, in a history written again, that its transitions do not name each other', async () => {
    const [forged, forgedTree] = [createInMemoryLog(), createTreeInMemory()];
    await appendHistories(forged, 0, 3);
    const [, second] = sealedHistory([receivedFrom('bank'), started()], 'b0e5f2a6-0000-4000-8000-000000000000');
    const [first] = sealedHistory([received()], 'b0e5f2a6-0000-4000-8000-000000000000');
    const stream = streamOf('b0e5f2a6-0000-4000-8000-000000000000');
    await forged.append({
      stream,
      expectedRevision: 'no-stream',
      transitions: [first, second].flatMap((each) => each ?? []),
    });
    await followAndSign(anchorOf(forged, forgedTree), forged);
    expect(findingsIn(await exported(forged, forgedTree))).toEqual([
      `${stream}, revision 1 (leaf 5): names another transition as the one before it: its history was written again`,
    ]);
  });
});

describe('an export that is not for this verifier', () => {
  it('is of another key, or of another log: nothing of it is believed', () => {
    expect(findingsIn(lines, { policy: policyOfKey(testKey(logKey.name, 9)) })).toEqual([
      'The checkpoint of log.example/audit is not signed by a key that is known for it',
    ]);
    expect(findingsIn(lines, { policy: policyOfKey(testKey('other.example', 1)) })).toEqual([
      'The checkpoint is of the log log.example/audit, for which no key is known',
    ]);
    const other = lines.with(0, (lines[0] ?? '').replace('"origin":"log.example/audit"', '"origin":"other.example"'));
    expect(findingsIn(other).join()).toMatch(/says that it is of 400 leaves of other.example/);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'PK\u0003\u0004'],
    ['zeros', '\0'.repeat(1_000)],
    ['JSON that is nested deeply', '['.repeat(1_000_000)],
    [
      'an object that is nested deeply',
      `{"format":"eventops-export@v1","filter":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
    ],
    ['another JSON', '{"format":"other"}'],
    ['a list', '[]'],
    ['a number', '1e999'],
    ['a header with a name twice', '{"format":"eventops-export@v1","format":"eventops-export@v1"}'],
  ])('is %s: it is refused', (_, line) => {
    expect(findingsIn([line]).join()).toMatch(/^Line 1: /);
  });

  it('has hostile lines among its own: each is named, and what they hide', () => {
    const deep = `{"leaf":300,"transition":{"actor":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`;
    for (const hostile of ['\0', deep, '{"leaf":300,"transition":{"__proto__":{}}}', '{"leaf":1e99,"transition":{}}'])
      expect(findingsIn(instead(300, hostile)).join('\n')).toMatch(named(300));
    const twice = text(300).replace('"transition":{', '"transition":{"stream":"event-other",');
    expect(findingsIn(instead(300, twice))[0]).toMatch(named(300));
  });
});
