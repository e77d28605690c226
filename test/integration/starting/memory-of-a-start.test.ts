import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { peakMemoryOf } from '../../support/peak-memory.ts';
import { postAll, untilRowsEnded } from '../../support/processes/post-all.ts';
import { runEventOps } from '../../support/processes/running-eventops.ts';

const MOST_MIB = 850;
const ROUNDS = 10;
const POSTS_OF_A_ROUND = 20;

const recorder = new URL('../../support/processes/record-modules.ts', import.meta.url).href;
const sources = (path: string) => new URL(`../../../src/${path}`, import.meta.url).href;
const handlersFile = fileURLToPath(new URL('../../support/faults/load/eventops.config.ts', import.meta.url));

it.skipIf(process.platform !== 'linux')(
  `the embedded profile starts, and sees events through, in less than ${MOST_MIB} MiB and without OpenTelemetry`,
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'eventops-memory-'));
    onTestFinished(() => rm(dataFolder, { recursive: true }));
    const modules = join(dataFolder, 'modules.txt');
    await writeFile(modules, '');
    const recording = { MODULES_RECORDED_IN: modules, NODE_OPTIONS: `--import=${recorder}` };
    const eventops = await runEventOps({ dataFolder, handlersFile, env: recording });
    onTestFinished(() => eventops.kill());
    for (let round = 1; round <= ROUNDS; round++) {
      const posts = Array.from({ length: POSTS_OF_A_ROUND }, (_, key) => ({ key: `${round}-${key}`, type: 'works' }));
      await postAll(eventops, posts);
      await untilRowsEnded(eventops, round * POSTS_OF_A_ROUND);
    }
    expect(peakMemoryOf(eventops.pid)).toBeLessThan(MOST_MIB);
    const loaded = async () => new Set((await readFile(modules, 'utf8')).split('\n').filter(Boolean));
    // The first is of the library for metrics, which asks for what is current.
    expect(await loaded()).toEqual(new Set(['@opentelemetry/api', 'tracing/current-trace.ts']));
    // Or the recorder finds nothing, wherever it is.
    const script = `await import(${JSON.stringify(sources('adapters/tracing/open-tracing.ts'))})`;
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, ...recording },
    });
    expect(await loaded()).toContain('@opentelemetry/sdk-trace');
  },
);
