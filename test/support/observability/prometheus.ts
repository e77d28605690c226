import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { askPrometheus, type Sample } from '../../../scripts/dashboards/ask-prometheus.ts';
import { freePort } from '../free-port.ts';
import { handOver, killProcess, startProcess, untilReady } from '../services/own-process.ts';

export interface Target {
  readonly role: string;
  /** Host and port of its metrics. */
  readonly address: string;
}

export interface PrometheusOptions {
  /** Its own. */
  readonly folder: string;
  readonly binaries: string;
  readonly targets: readonly Target[];
  /** As infra/prometheus/rules.yml has them. */
  readonly rules: string;
}

export interface RunningPrometheus {
  readonly url: string;
  /** With `$__rate_interval` and `$__range` as the last minute. */
  ask(expr: string): Promise<readonly Sample[]>;
  /** Resolves once a query is answered with at least one series. */
  until(expr: string): Promise<void>;
  /** Resolves once it has scraped and evaluated for so long. */
  untilLater(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 250;

/** The real one, on the loopback interface, which scrapes and evaluates every second. */
export async function startPrometheus({
  folder,
  binaries,
  targets,
  rules,
}: PrometheusOptions): Promise<RunningPrometheus> {
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [
      {
        job_name: 'eventops',
        static_configs: targets.map(({ role, address }) => ({ targets: [address], labels: { role } })),
      },
    ],
  };
  const files = { 'prometheus.yml': stringify(config), 'rules.yml': rules };
  handOver(folder);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    handOver(join(folder, name));
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = startProcess({
    command: join(binaries, 'prometheus'),
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    folder,
  });
  await untilReady(server, folder, async () => {
    const { status } = await fetch(`${url}/-/ready`);
    if (status !== 200) throw new Error(`It answers ${status}`);
  });
  const ask = (expr: string) => askPrometheus({ url, window: '1m' }, expr);
  const until = async (expr: string) => {
    while ((await ask(expr)).length === 0) await pause(EVERY_MS);
  };
  return {
    ...{ url, ask, until },
    untilLater: (seconds) => until(`timestamp(up) > ${Date.now() / 1_000 + seconds}`),
    stop: () => killProcess(server),
  };
}
