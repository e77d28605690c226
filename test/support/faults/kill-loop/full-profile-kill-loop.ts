import { join } from 'node:path';
import { freePort } from '../../free-port.ts';
import { type FullProfile, startFullProfile } from '../../full-profile/full-profile.ts';
import { type Role, roles } from '../../processes/role-process.ts';
import { envOfLoad, type Load, startLoad } from '../load/start-load.ts';
import { seededMoments } from '../seeded-moments.ts';
import { makeFolder } from './folder.ts';
import type { KillLoop, KillLoopResult } from './kill-loop.ts';
import { type ProcessVictim, processVictim } from './process-victim.ts';
import { readHistories, readRows } from './read-evidence.ts';
import { rebuildRows } from './rebuild-rows.ts';
import { type LogTroubles, troubleTheLog } from './troubled-log.ts';
import { killAgainAndAgain, type Life, untilReady, type Victim } from './victim.ts';

const OF_EACH_ROLE = 2;
/** Of a server and its successors there is one, of a role there are two: each of those has half of its role's kills. */
const lives = {
  process: { longestLifeMs: 20_000, longestAbsenceMs: 500, killedWhileStarting: 0.25, patienceMs: 10_000 },
  RabbitMQ: { longestLifeMs: 10_000, longestAbsenceMs: 1_000, killedWhileStarting: 0 },
  PostgreSQL: { longestLifeMs: 12_000, longestAbsenceMs: 2_000, killedWhileStarting: 0 },
} as const;

export interface FullProfileKillLoop extends KillLoop {
  /** Of RabbitMQ, and of PostgreSQL. */
  readonly serverKills: number;
  readonly logKills: number;
}

export interface FullProfileKillLoopResult extends KillLoopResult {
  /** The rows at rest as text, and those that a projector rebuilt from the log. */
  readonly rowsAtRest: readonly string[];
  readonly rowsMadeAnew: readonly string[];
}

/** Two processes of each role and their servers, killed again and again under load while the log has troubles, too. */
export async function runFullProfileKillLoop(options: FullProfileKillLoop): Promise<FullProfileKillLoopResult> {
  const { folder, remove } = await makeFolder();
  const profile = await startFullProfile({});
  const env = { ...profile.env, ...envOfLoad(folder) };
  const processes = await Promise.all(
    roles.flatMap((role) => Array.from({ length: OF_EACH_ROLE }, () => victimOf(role, env, join(folder, 'output')))),
  );
  try {
    const urls = processes.flatMap(({ role, url }) => (role === 'api' ? [url] : []));
    const { seed, deadline } = options;
    const load = await startLoad({ service: { urls, token: profile.token }, seed, folder, deadline });
    const killed = await killAll(options, profile, processes, load);
    await load.settle();
    const rows = await readRows(env.DATABASE_URL);
    return {
      evidence: { ...(await load.witnessed()), histories: await readHistories(env.EVENTSTORE_URL), rows },
      kills: killed.kills,
      figures: { ...load.figures(), ...killed.figures },
      collapses: processes.flatMap(({ victim }) => victim.collapses),
      ...(await rebuildRows(profile, env)),
    };
  } finally {
    await Promise.all(processes.map(({ victim }) => victim.kill()));
    await profile.stop();
    await remove();
  }
}

interface RoleVictim {
  readonly role: Role;
  readonly url: string;
  readonly victim: ProcessVictim;
}

async function victimOf(role: Role, env: NodeJS.ProcessEnv, outputFile: string): Promise<RoleVictim> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const victim = processVictim(role, { args: ['--roles', role], env, port, metricsPort, outputFile });
  return { role, url: `http://127.0.0.1:${port}`, victim };
}

async function killAll(
  { seed, kills, serverKills, logKills, events }: FullProfileKillLoop,
  profile: FullProfile,
  processes: readonly RoleVictim[],
  load: Load,
): Promise<Pick<KillLoopResult, 'kills' | 'figures'>> {
  const counts: Record<string, number> = {};
  const all = kills * roles.length + serverKills * 2;
  let done = 0;
  let whileStarting = 0;
  const kill = async (victim: Victim, first: Life, times: number, actor: string = victim.name) => {
    const onKill = (wasStarting: boolean) => {
      counts[victim.name] = (counts[victim.name] ?? 0) + 1;
      whileStarting += wasStarting ? 1 : 0;
      load.release(Math.ceil((events * ++done) / all));
    };
    const moments = seededMoments(seed, actor);
    const last = await killAgainAndAgain(victim, first, { moments, times, ...livesOf(victim), onKill });
    return { victim, last };
  };

  const wipeAt = Math.floor(seededMoments(seed, 'wipe').fraction() * serverKills);
  const troubles: LogTroubles = troubleTheLog(profile, seededMoments(seed, 'log'), logKills);
  const ends = await Promise.allSettled([
    ...processes.map(({ role, victim }, index) => {
      const times = index % OF_EACH_ROLE === 0 ? Math.ceil(kills / OF_EACH_ROLE) : Math.floor(kills / OF_EACH_ROLE);
      return kill(victim, victim.start(), times, `${role} ${index}`);
    }),
    kill(brokerVictim(profile, wipeAt), isServing, serverKills),
    kill(databaseVictim(profile), isServing, serverKills),
  ]);
  await troubles.stop();
  const problems = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (problems.length > 0) throw new AggregateError(problems, problems.map(String).join('; '));
  // Only now: a process is not ready before its servers are.
  for (const end of ends) if (end.status === 'fulfilled') await untilReady(end.value.victim, end.value.last);
  load.release(events);
  return {
    kills: { ...counts, "the log's server": troubles.kills() },
    figures: { 'killed while starting': whileStarting, 'wiped brokers': 1, ...troubles.counts },
  };
}

const isServing: Life = { ready: Promise.resolve() };

const livesOf = ({ name }: Victim) => (name === 'RabbitMQ' || name === 'PostgreSQL' ? lives[name] : lives.process);

const databaseVictim = ({ postgres }: FullProfile): Victim => ({
  name: 'PostgreSQL',
  kill: postgres.kill,
  start: () => ({ ready: postgres.start() }),
});

/** Starts with nothing, once. */
function brokerVictim({ rabbitMq }: FullProfile, wipeAt: number): Victim {
  let killed = 0;
  return {
    name: 'RabbitMQ',
    kill: async () => {
      await rabbitMq.kill();
      if (killed++ === wipeAt) await rabbitMq.wipe();
    },
    start: () => ({ ready: rabbitMq.start() }),
  };
}
