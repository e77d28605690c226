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
    try {
      const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      // After the name, which may hold anything: state is field 3, so user and system time are fields 14 and 15.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ id, name, seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
