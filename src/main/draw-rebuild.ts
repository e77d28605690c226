import type { z } from 'zod';
import type { projectionListAnswer, rebuildAnswer } from '../api/answers/rebuild.ts';
import { plain, textTable } from './terminal-text.ts';

type Rebuild = z.output<typeof rebuildAnswer>;
type Projection = z.output<typeof projectionListAnswer>['items'][number];

const BAR_CELLS = 24;

const percent = (share: number) => `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`;
const bar = (share: number) => {
  const full = Math.floor(share * BAR_CELLS);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}]`;
};
const numbers = new Intl.NumberFormat('en');

function timeLeft(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s left` : `${minutes} min ${seconds % 60} s left`;
}

/** How far it is, in one line. */
export function progressLine({ projection, step, progress }: Rebuild, withBar: boolean): string {
  if (progress === null) return `${projection}  ${step}`;
  const { work, share, transitions, rate, timeLeftSeconds, rowsCompared, waitsFor } = progress;
  const isFilling = work === 'filling';
  const parts = [
    `${projection}  ${step === 'filling' || step === 'comparing' ? work : step}`,
    ...(withBar && isFilling ? [bar(share)] : []),
    ...(isFilling ? [percent(share), `${numbers.format(transitions)} transitions`, `${numbers.format(rate)}/s`] : []),
    ...(isFilling && timeLeftSeconds !== null ? [timeLeft(timeLeftSeconds)] : []),
    ...(work === 'comparing' ? [`${numbers.format(rowsCompared)} rows compared`] : []),
    ...(waitsFor === null ? [] : [plain(waitsFor)]),
  ];
  return parts.join('  ');
}

/** A whole rebuild, for people. */
export function drawRebuild(rebuild: Rebuild): string {
  const { id, projection, version, step, next, filled, report, history, progress } = rebuild;
  const lines = [
    `${projection}, version ${version}: ${step}`,
    `rebuild ${id}`,
    ...(progress !== null && step === 'filling' ? [progressLine(rebuild, false)] : []),
    ...(progress?.waitsFor ? [`waits for: ${plain(progress.waitsFor)}`] : []),
    '',
    ...history.map(
      ({ at, type, by, reason }) =>
        `  ${at}  ${type}${by === null ? '' : ` by ${plain(by)}`}${reason === null ? '' : `: ${plain(reason)}`}`,
    ),
    '',
    ...(filled === null ? [] : [drawFilled(filled)]),
    ...(report === null ? [] : drawReport(report)),
    ...(filled === null && report === null ? [] : ['']),
    next,
  ];
  return `${lines.join('\n')}\n`;
}

const drawFilled = ({ transitions, durationMs }: NonNullable<Rebuild['filled']>) =>
  `${numbers.format(transitions)} transitions filled in ${(durationMs / 1_000).toFixed(1)} s, ${numbers.format(Math.round((1_000 * transitions) / Math.max(1, durationMs)))}/s`;

function drawReport({ rows, rowsThatDiffer, differences, notCompared }: NonNullable<Rebuild['report']>): string[] {
  return [
    `${numbers.format(rows)} rows compared, ${numbers.format(rowsThatDiffer)} differ`,
    ...differences.map(({ kind, table, column, count, examples }) => {
      const what = column === null ? `${table} (whole rows ${kind})` : `${table}.${column}`;
      return `  ${what}: ${numbers.format(count)}, such as ${examples
        .slice(0, 3)
        .map((each) => plain(each))
        .join(', ')}`;
    }),
    ...(notCompared.length === 0
      ? []
      : [`not compared: ${notCompared.map(({ table, column }) => `${table}.${column}`).join(', ')}`]),
  ];
}

/** Every read model, a line each. */
export function drawProjections(items: readonly Projection[]): string {
  return textTable(
    ['NAME', 'VERSION', 'NEWEST', 'REBUILD', 'SINCE', 'BY'],
    items.map(({ name, version, newestVersion, rebuild }) => [
      ...[name, version === null ? '-' : String(version), String(newestVersion)],
      ...(rebuild === null ? ['-', '-', '-'] : [rebuild.step, rebuild.requestedAt, plain(rebuild.requestedBy)]),
    ]),
  );
}
