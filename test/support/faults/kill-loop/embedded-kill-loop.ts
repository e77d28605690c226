import { join } from 'node:path';
import { openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import { freePort } from '../../free-port.ts';
import { readAllHistories } from '../../guarantees/read-histories.ts';
import { adminToken, makeDataFolder } from '../../processes/data-folder.ts';
import { listRows } from '../load/observe.ts';
import { envOfLoad, startLoad } from '../load/start-load.ts';
import { seededMoments } from '../seeded-moments.ts';
import { makeFolder } from './folder.ts';
import type { KillLoop, KillLoopResult } from './kill-loop.ts';
import { processVictim } from './process-victim.ts';
import { killAgainAndAgain, untilReady } from './victim.ts';

const LONGEST_LIFE_MS = 600;
const LONGEST_ABSENCE_MS = 100;
const KILLED_WHILE_STARTING = 0.3;

/** All roles in one process on embedded parts, killed again and again under load. */
export async function runEmbeddedKillLoop({ seed, kills, events, deadline }: KillLoop): Promise<KillLoopResult> {
  const { folder, remove } = await makeFolder();
  const dataFolder = join(folder, 'data');
  await makeDataFolder(dataFolder);
  const env = { DATA_DIR: dataFolder, ...envOfLoad(folder) };
  const [port, metricsPort] = [await freePort(), await freePort()];
  const service = { urls: [`http://127.0.0.1:${port}`], token: await adminToken(dataFolder) };
  const victim = processVictim('the one process', { env, port, metricsPort, outputFile: join(folder, 'output') });
  try {
    const load = await startLoad({ service, seed, folder, deadline });
    let killed = 0;
    let whileStarting = 0;
    load.release(Math.ceil(events / kills));
    const last = await killAgainAndAgain(victim, victim.start(), {
      moments: seededMoments(seed, victim.name),
      times: kills,
      longestLifeMs: LONGEST_LIFE_MS,
      longestAbsenceMs: LONGEST_ABSENCE_MS,
      killedWhileStarting: KILLED_WHILE_STARTING,
      onKill: (wasStarting) => {
        killed += 1;
        whileStarting += wasStarting ? 1 : 0;
        // It takes minutes; whoever waits sees that it goes on.
        if (killed % 10 === 0) process.stdout.write(`${victim.name}: killed ${killed} of ${kills} times\n`);
        load.release(Math.ceil((events * (killed + 1)) / kills));
      },
    });
    await untilReady(victim, last);
    await load.settle();
    const rows = await listRows(service, deadline);
    await victim.stop();
    const log = await openEmbeddedLog({ path: join(dataFolder, 'log.sqlite') });
    const histories = await readAllHistories(log);
    await log.close();
    return {
      evidence: { ...(await load.witnessed()), histories, rows },
      kills: { [victim.name]: killed },
      figures: { ...load.figures(), 'killed while starting': whileStarting },
      collapses: victim.collapses,
    };
  } finally {
    await victim.kill();
    await remove();
  }
}
