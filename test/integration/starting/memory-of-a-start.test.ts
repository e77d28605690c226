import { mkdtemp, rm } from 'node:fs/promises';
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

const handlersFile = fileURLToPath(new URL('../../support/faults/load/eventops.config.ts', import.meta.url));

it.skipIf(process.platform !== 'linux')(
  `the embedded profile starts, and sees events through, in less than ${MOST_MIB} MiB`,
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'eventops-memory-'));
    onTestFinished(() => rm(dataFolder, { recursive: true }));
    const eventops = await runEventOps({ dataFolder, handlersFile });
    onTestFinished(() => eventops.kill());
    for (let round = 1; round <= ROUNDS; round++) {
      const posts = Array.from({ length: POSTS_OF_A_ROUND }, (_, key) => ({ key: `${round}-${key}`, type: 'works' }));
      await postAll(eventops, posts);
      await untilRowsEnded(eventops, round * POSTS_OF_A_ROUND);
    }
    expect(peakMemoryOf(eventops.pid)).toBeLessThan(MOST_MIB);
  },
);
