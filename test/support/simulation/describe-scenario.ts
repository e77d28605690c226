import type { Fault, Scenario, TimedFault } from './scenario.ts';

/** The scenario as a list of steps for a reader. */
export function describeScenario({
  seed,
  profile,
  slots,
  events,
  acts,
  faults,
  limits,
  isolates,
  countsStatistics,
  workersFrom,
}: Scenario): string {
  const lines = [
    `seed ${seed}, ${profile} profile: ${slots.join(', ')}`,
    ...events.map(
      ({ key, postedAt, clients, isReusedLater, conduct }) =>
        `${key} is posted after ${postedAt} ms${clients > 1 ? ` by ${clients} clients at once` : ''}; its handler ${conduct.join(', then ')}${isReusedLater ? '; later its key is used for something else' : ''}`,
    ),
    ...acts.map(({ what, key, at, operator }) => `${operator} asks to ${what} ${key} after ${at} ms`),
    ...(isolates ? ['handlers run in processes of their own'] : []),
    ...(countsStatistics ? ['statistics are counted'] : []),
    ...(workersFrom > 0 ? [`no worker is started before ${workersFrom} ms`] : []),
    ...limits.map(({ of, limit, value }) => `${of}: ${limit} is ${value}`),
    ...faults.map(lineOf),
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}

function lineOf(fault: Fault): string {
  switch (fault.kind) {
    case 'call':
      return `${fault.slot}, ${fault.nth}. ${fault.call}: ${fault.effect}${fault.ms > 0 ? ` (${fault.ms} ms)` : ''}`;
    case 'command':
      return `the broker is to ${fault.what} the ${fault.nth}. command`;
    case 'tables':
      return `at the ${fault.nth}. end of the process its read tables are ${fault.what}`;
    case 'clock':
      return `${fault.slot}: its clock is off by ${fault.ms} ms`;
    case 'falsified':
      return `transition ${fault.revision} of ${fault.key} is changed as the log keeps it`;
    case 'row': {
      const what = fault.key === null ? 'whatever it is given' : `the row of ${fault.key}`;
      return `from ${fault.from} ms ${fault.until === null ? 'on' : `until ${fault.until} ms`} the read database refuses ${what}`;
    }
    case 'timed':
      return `after ${fault.at} ms ${timedLineOf(fault)}`;
  }
}

function timedLineOf(fault: TimedFault): string {
  switch (fault.what) {
    case 'wipe broker':
      return 'the broker loses all that it has';
    case 'restore tables':
      return 'the read database is put back to an older copy';
    case 'stick tables':
      return 'the read database answers nothing any more until it is opened again';
    case 'lose tables':
      return 'the read database is empty';
    case 'restore log':
      return `the log loses its last ${fault.transitions} transitions`;
    case 'outage':
      return `the ${fault.of} is away (${fault.ms} ms)`;
    default:
      return `${fault.slot}: ${fault.what}${'ms' in fault ? ` (${fault.ms} ms)` : ''}`;
  }
}
