import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Found } from '../services/private-service.ts';

/** The folder in PATH that has Prometheus and promtool. */
export function findPrometheus(): Found<string> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const binaries = folders.find((folder) => ['prometheus', 'promtool'].every((name) => existsSync(join(folder, name))));
  return binaries === undefined
    ? { found: false, why: 'Prometheus is not installed (apt-get install prometheus)' }
    : { found: true, binaries };
}
