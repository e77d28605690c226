import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { boards } from '../../../scripts/dashboards/boards.ts';
import { buildBoard } from '../../../scripts/dashboards/build-board.ts';
import { metrics } from '../../../scripts/dashboards/data-sources.ts';
import { generatedFiles } from '../../../scripts/dashboards/generated-files.ts';
import { projectFiles, textOf } from '../../support/project-files.ts';

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const overlap = (one: Placed, other: Placed) =>
  one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;

describe('what `npm run dashboards` writes', () => {
  it('is what is there, and nothing else is there', () => {
    const written = generatedFiles();
    for (const [path, text] of written) expect(textOf(path), path).toBe(text);
    expect(projectFiles('infra/grafana/dashboards').toSorted()).toEqual(
      [...written.keys()].filter((path) => path.startsWith('infra/grafana')).toSorted(),
    );
  });
});

describe('dashboards', () => {
  it('are four, each under an address of its own', () => {
    expect(boards.map(({ uid }) => uid)).toEqual([
      'eventops-overview',
      'eventops-processing',
      'eventops-log',
      'eventops-runtime',
    ]);
  });

  it.each(boards)('are narrowed to types where they say so: $title', ({ byType, panels }) => {
    const narrowed = panels.flatMap(({ queries }) => queries).filter(({ expr }) => expr.includes('$type'));
    expect(narrowed.length > 0).toBe(byType);
  });

  it('lead from series of a type to traces', () => {
    const leading = boards.flatMap(({ panels }) => panels).filter(({ leadsToTraces }) => leadsToTraces);
    expect(leading.length).toBeGreaterThan(3);
    for (const { queries } of leading)
      for (const { expr, legend } of queries) expect([expr, legend].join()).toMatch(/by \((le, )?type.*\{\{type\}\}/);
  });
});

describe.each(boards.map(buildBoard))('the dashboard $title', ({ panels = [], description }) => {
  const all = panels as readonly Panel[];

  it('says what it is for, and so does each panel, with a title and a unit', () => {
    expect(description).toMatch(/\.$/);
    for (const panel of all) {
      expect([panel.title, panel.description]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\.$/)]);
      expect(panel).toMatchObject({ fieldConfig: { defaults: { unit: expect.stringMatching(/\S/) } } });
    }
  });

  it('asks our metrics alone', () => {
    for (const { datasource, targets } of all) {
      expect(datasource).toEqual(metrics);
      for (const target of targets ?? []) expect(target).toMatchObject({ datasource: metrics });
    }
  });

  it('numbers its panels, and shows each beside the others', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const places = all.map(({ gridPos }) => gridPos as Placed);
    for (const [index, place] of places.entries()) {
      expect(place.x + place.w).toBeLessThanOrEqual(24);
      expect(places.slice(index + 1).filter((other) => overlap(place, other))).toEqual([]);
    }
  });
});
