import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStreamHeads } from '../../../../src/adapters/stream-heads/open-stream-heads.ts';
import { signedNote } from '../../../../src/application/anchoring/signed-tree.ts';
import { csvCell } from '../../../../src/application/audit-export/csv-lines.ts';
import { parseExportLine } from '../../../../src/application/audit-export/format.ts';
import { createLogDivider } from '../../../../src/application/log-segments/divide-log.ts';
import { type TileName, tilePath } from '../../../../src/application/transparency/tile-names.ts';
import { moment } from '../../../support/domain/transitions.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { createSegmentsInMemory } from '../../../support/segments-in-memory.ts';
import { anchorOf, appendHistories, followAndSign } from '../../../support/transparency/anchored-log.ts';
import { exported, findingsIn, verified } from '../../../support/transparency/exported-log.ts';
import { createTreeInMemory } from '../../../support/transparency/tree-in-memory.ts';

/** Some 670 transitions, of which the last are not signed. */
const log = createInMemoryLog();
const tree = createTreeInMemory();
const segments = createSegmentsInMemory();
let kept = '';

beforeAll(async () => {
  await appendHistories(log, 0, 150);
  await followAndSign(anchorOf(log, tree), log);
  kept = (await signedNote(tree)) ?? '';
  await appendHistories(log, 150, 500);
  await followAndSign(anchorOf(log, tree), log);
  await appendHistories(log, 500, 510);
  const divider = createLogDivider({ log, segments, transitionsOfASegment: 50 });
  for await (const message of log.subscribeAll(await divider.load(), { maxBatch: 20 })) {
    if (message.kind === 'caught-up') break;
    await divider.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
  }
});

const transitionsIn = (lines: readonly string[]) =>
  lines.map((line) => parseExportLine(line, 'It')).filter((line) => line.kind === 'transition');

describe('an export of everything', () => {
  it('has each transition that is signed, with its leaf, and is valid', async () => {
    const lines = await exported(log, tree);
    const { checkpoint, transitions, leftOut, findingsCount, header } = verified(lines);
    expect(transitions).toBeGreaterThan(600);
    expect({ leftOut, findingsCount, size: checkpoint.size }).toEqual({
      ...{ leftOut: 0, findingsCount: 0, size: transitions },
    });
    expect(header).toMatchObject({ from: 0, to: transitions, treeSize: transitions });
    const expected = log.all.filter(({ stream }) => stream.startsWith('event-')).slice(0, transitions);
    expect(transitionsIn(lines).map(({ leaf, stream, revision }) => [leaf, stream, revision])).toEqual(
      expected.map(({ stream, revision }, leaf) => [leaf, stream, Number(revision)]),
    );
  });

  it('is as valid where payloads may not be shown: their hash is in their place', async () => {
    const lines = await exported(log, tree, { payloads: false });
    expect(lines.join('\n')).not.toContain('"payload":');
    expect(findingsIn(lines)).toEqual([]);
  });

  it('shows that a checkpoint which was kept is its beginning, by its leaves or by a proof', async () => {
    const whole = await exported(log, tree);
    expect(verified(whole, { kept: [kept] })).toMatchObject({ findingsCount: 0, uncheckedSizes: [] });
    const { checkpoint } = verified(whole);
    const late = { left: { from: checkpoint.size - 1, to: checkpoint.size, treeSize: checkpoint.size } };
    const size = verified(whole, { kept: [kept] }).checkpoint.size;
    expect(size).toBe(checkpoint.size);
    const keptSize = Number(kept.split('\n')[1]);
    expect(verified(await exported(log, tree, late), { kept: [kept] }).uncheckedSizes).toEqual([keptSize]);
    const proving = await exported(log, tree, { ...late, consistentWith: keptSize });
    expect(verified(proving, { kept: [kept] })).toMatchObject({ findingsCount: 0, uncheckedSizes: [] });
  });

  it('asks for each tile of the tree once', async () => {
    const asked: string[] = [];
    const noting = {
      ...tree,
      read: (name: TileName) => {
        asked.push(tilePath(name));
        return tree.read(name);
      },
    };
    expect(await exported(log, noting)).toEqual(await exported(log, tree));
    expect(asked.length).toBeGreaterThan(4);
    expect(asked).toEqual([...new Set(asked)]);
  });

  it('is as valid where the ends of its histories have no room in memory', async () => {
    const heads = openStreamHeads(3);
    onTestFinished(() => heads.close());
    expect(findingsIn(await exported(log, tree), { heads })).toEqual([]);
  });

  it('that broke off is continued, wherever it did', async () => {
    const whole = transitionsIn(await exported(log, tree));
    for (const from of [1, 255, 256, 400, whole.length - 1, whole.length]) {
      const rest = await exported(log, tree, { left: { from, to: whole.length, treeSize: whole.length }, segments });
      expect(findingsIn(rest)).toEqual([]);
      expect(transitionsIn(rest)).toEqual(whole.slice(from));
    }
  });
});

describe('an export of a time', () => {
  const signed = async () => {
    const { checkpoint } = verified(await exported(log, tree));
    return log.all.filter(({ stream }) => stream.startsWith('event-')).slice(0, checkpoint.size);
  };

  it.each([
    [0, undefined],
    [100, undefined],
    [460, 470],
    [undefined, 1],
    [undefined, 300],
    [9_999, undefined],
    [50, 50],
  ])(
    'from second %s to %s begins with its first transition and ends with its last, whatever clocks say',
    async (from, to) => {
      const since = from === undefined ? undefined : moment(from);
      const until = to === undefined ? undefined : moment(to);
      const lines = await exported(log, tree, { since, until });
      expect(await exported(log, tree, { since, until, segments })).toEqual(lines);
      expect(findingsIn(lines)).toEqual([]);
      const all = (await signed()).map(({ recordedAt }) => recordedAt);
      const first = since === undefined ? 0 : all.findIndex((at) => at >= since);
      const behind = until === undefined ? all.length : all.findLastIndex((at) => at < until) + 1;
      const expected = first < 0 ? [] : all.map((_, leaf) => leaf).slice(first, behind);
      expect(transitionsIn(lines).map(({ leaf }) => leaf)).toEqual(expected);
    },
  );
});

describe('an export of some events', () => {
  it('has the whole history of each, and of the others what the tree says of them', async () => {
    const bank = await exported(log, tree, { source: 'bank' });
    const { checkpoint, findingsCount, transitions, leftOut } = verified(bank);
    expect({ findingsCount, all: transitions + leftOut }).toEqual({ findingsCount: 0, all: checkpoint.size });
    const ofBank = new Set(log.all.filter(({ data }) => data.includes('"bank"')).map(({ stream }) => stream));
    const expected = log.all
      .filter(({ stream }) => stream.startsWith('event-'))
      .slice(0, checkpoint.size)
      .flatMap(({ stream }, leaf) => (ofBank.has(stream) ? [leaf] : []));
    expect(transitionsIn(bank).map(({ leaf }) => leaf)).toEqual(expected);
    // Begun in the middle, the receipts of some are not in it.
    const late = await exported(log, tree, {
      source: 'bank',
      left: { from: 300, to: checkpoint.size, treeSize: checkpoint.size },
    });
    expect(transitionsIn(late).map(({ leaf }) => leaf)).toEqual(expected.filter((leaf) => leaf >= 300));
    expect(findingsIn(late)).toEqual([]);
    const none = verified(await exported(log, tree, { source: 'another' }));
    expect(none).toMatchObject({ findingsCount: 0, transitions: 0, leftOut: none.checkpoint.size });
  });
});

describe('a cell of CSV', () => {
  it.each([
    ['=1+1', '"\'=1+1"'],
    ['+1', '"\'+1"'],
    ['-2+3', '"\'-2+3"'],
    ['@SUM(A1)', '"\'@SUM(A1)"'],
    ['\t=1', '"\uFFFD=1"'],
    ['  =cmd|x', '"\'  =cmd|x"'],
    ['＝1', '"\'＝1"'],
    ['a"=1"', '"a""=1"""'],
    ['two\r\nlines', '"two\uFFFD\uFFFDlines"'],
    ['\u001B[31mred', '"\uFFFD[31mred"'],
    ['plain', '"plain"'],
    [null, '""'],
  ])('%j is read as text', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});
