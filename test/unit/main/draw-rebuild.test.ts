import { describe, expect, it } from 'vitest';
import { exampleRebuild, rebuildAnswer } from '../../../src/api/answers/rebuild.ts';
import { drawProjections, drawRebuild, progressLine } from '../../../src/main/draw-rebuild.ts';
import { createProgressLine } from '../../../src/main/progress-line.ts';

const rebuild = rebuildAnswer.parse(exampleRebuild);
const compared = rebuildAnswer.parse({
  ...exampleRebuild,
  step: 'compared',
  next: '2 of 10 rows differ.',
  report: {
    ...{ rows: 10, rowsThatDiffer: 2, notCompared: [{ table: 'due_work', column: 'asks' }] },
    differences: [
      { kind: 'changed', table: 'events', column: 'status', count: 1, examples: ['\u001b[31mid'] },
      { kind: 'missing', table: 'events', column: null, count: 1, examples: ['other-id'] },
    ],
  },
});

describe('a rebuild in the terminal', () => {
  it('has a bar that shows how far it is, its rate and the time left', () => {
    expect(progressLine(rebuild, true)).toBe(
      'events  filling  [##########..............]  45.0 %  450,000 transitions  55,000/s  10 s left',
    );
    expect(progressLine(rebuild, false)).not.toContain('[');
  });

  it('says who decided what, and what differs, without moving the cursor', () => {
    const drawn = drawRebuild(compared);
    expect(drawn).toContain('RebuildRequested by alice: a row looks wrong');
    expect(drawn).toContain('10 rows compared, 2 differ');
    expect(drawn).toContain('events.status: 1, such as \uFFFD[31mid');
    expect(drawn).toContain('events (whole rows missing): 1, such as other-id');
    expect(drawn).toContain('not compared: due_work.asks');
  });

  it('is a line of the list', () => {
    const items = [{ name: 'events', version: 1, newestVersion: 2, rebuild }];
    expect(drawProjections(items).split('\n')[1]).toBe(
      'events  1        2       filling  2030-01-31T12:00:00.000Z  alice',
    );
  });

  it('is written over at a terminal, and elsewhere a line for each change', () => {
    const written = (isTTY: boolean) => {
      const texts: string[] = [];
      const line = createProgressLine({ isTTY, columns: 10, write: (text) => texts.push(text) });
      for (const text of ['one', 'one', 'two']) line.show(text);
      line.close();
      return texts;
    };
    expect(written(false)).toEqual(['one\n', 'two\n']);
    expect(written(true)).toEqual(['\rone\u001b[K', '\rtwo\u001b[K', '\r\u001b[K']);
  });
});
