import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel counts in, on every Linux that Node runs on (proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

/** By what a server's command line holds; the first match counts. */
const servers: readonly (readonly [name: string, commandLine: RegExp])[] = [
  ['log server', /support\/eventstoredb\/serve\.ts|EventStore\.ClusterNode/],
  ['RabbitMQ', /^\S*(beam\.smp|erl_child_setup|inet_gethost) /],
  ['PostgreSQL', /^(\S*\/)?postgres[: ]/],
];

/**
 * CPU seconds since their start of the servers on this machine, by name, with whatever children they had and waited for;
 * of all servers of a kind together. Empty where there is no /proc.
 */
export function cpuOfServers(): Readonly<Record<string, number>> {
  const seconds: Record<string, number> = {};
  for (const { commandLine, cpuSeconds } of processes()) {
    const name = servers.find(([, pattern]) => pattern.test(commandLine))?.[0];
    if (name !== undefined) seconds[name] = (seconds[name] ?? 0) + cpuSeconds;
  }
  return seconds;
}

interface Process {
  readonly commandLine: string;
  readonly cpuSeconds: number;
}

function processes(): readonly Process[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(processOf);
  } catch {
    return [];
  }
}

/** None when it has ended meanwhile. */
function processOf(pid: string): readonly Process[] {
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold anything: state is field 3, so the times are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ commandLine, cpuSeconds: ticks / TICKS_PER_SECOND }];
  } catch {
    return [];
  }
}
