import { usualPace } from '../alerts/pace.ts';
import { rulesFile } from '../alerts/rules-file.ts';
import { boards } from './boards.ts';
import { buildBoard } from './build-board.ts';

/** What `npm run dashboards` writes: paths from the root of this repository, and their content. */
export const generatedFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...boards.map((board): [string, string] => [
      `infra/grafana/dashboards/${board.uid}.json`,
      `${JSON.stringify(buildBoard(board), null, 2)}\n`,
    ]),
    ['infra/prometheus/rules.yml', rulesFile(usualPace)],
  ]);
