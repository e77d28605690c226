import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel counts in, on every Linux that Node runs on (proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

/** What each thread of a process takes from now on, by name. Those that end are counted up to the last look at them. */
export function threadsOf(pid: number) {
  const before = new Map(threads(pid).map(({ id, seconds }) => [id, seconds]));
  const latest = new Map<string, { readonly name: string; readonly seconds: number }>();
  const look = () => {
    for (const { id, name, seconds } of threads(pid))
      latest.set(id, { name, seconds: seconds - (before.get(id) ?? 0) });
  };
  return {
    look,
    seconds(): Readonly<Record<string, number>> {
      look();
      const byName: Record<string, number> = {};
      for (const { name, seconds } of latest.values()) byName[name] = (byName[name] ?? 0) + seconds;
      return Object.fromEntries(Object.entries(byName).filter(([, seconds]) => seconds > 0));
    },
  };
}

const threads = (pid: number) =>
  readdirSync(`/proc/${pid}/task`).flatMap((id) => {
    const found = read(`/proc/${pid}/task/${id}/stat`);
    return found === null ? [] : [{ id, name: found.name, seconds: found.ownSeconds }];
  });

/** CPU seconds of a process and its children since their start, with those that have ended. */
export const secondsOfFamily = (pid: number): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .reduce((sum, each) => {
      const found = read(`/proc/${each}/stat`);
      if (found === null || (Number(each) !== pid && found.parent !== pid)) return sum;
      return sum + found.ownSeconds + found.endedSeconds;
    }, 0);

/** `null` when it has ended meanwhile. */
function read(path: string) {
  try {
    const stat = readFileSync(path, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    // After the name, which may hold anything: state is field 3, so the parent is field 4 and the times are fields 14 to 17.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const seconds = (first: number) => ((fields[first] ?? 0) + (fields[first + 1] ?? 0)) / TICKS_PER_SECOND;
    return { name, parent: fields[1] ?? 0, ownSeconds: seconds(11), endedSeconds: seconds(13) };
  } catch {
    return null;
  }
}
