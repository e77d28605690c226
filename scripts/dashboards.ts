// Writes Grafana's dashboards and Prometheus' rules into infra; a test compares. With `--table` it prints every query of the
// dashboards instead, and with `--prometheus URL` what each returns there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { askPrometheus, inWords } from './dashboards/ask-prometheus.ts';
import { generatedFiles } from './dashboards/generated-files.ts';
import { tableOfQueries } from './dashboards/table-of-queries.ts';

const { table, prometheus } = parseArgs({
  options: { table: { type: 'boolean', default: false }, prometheus: { type: 'string' } },
}).values;

if (prometheus !== undefined) {
  const asked = { url: prometheus, window: '5m' };
  try {
    process.stdout.write(await tableOfQueries(async (expr) => inWords(await askPrometheus(asked, expr))));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
} else if (table) process.stdout.write(await tableOfQueries(null));
else {
  const root = fileURLToPath(new URL('..', import.meta.url));
  for (const [path, text] of generatedFiles()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
