import type { BreachKind, Guarantee } from '../guarantees/find-breaches.ts';
import type { Counts } from './counts.ts';

const MOST_BREACHES = 20;

/** Each guarantee in short, and what was looked at for it. */
const guarantees: Readonly<Record<Guarantee, readonly [says: string, checkedOn: string]>> = {
  G1: ['a 2xx means that the event is in the log, as it was sent', 'acknowledged events'],
  G2: ['what was accepted reaches an end', 'events'],
  G3: ['one idempotency key is one event', 'events'],
  G4: ['histories are linear, legal and hashed', 'transitions'],
  G5: ['a generation ends at most once', 'generations'],
  G6: ['a row says what its history adds up to', 'rows'],
  G7: ["operators' answers are true, and replays rewrite nothing", 'answered requests'],
  G8: ['retries follow the policy', 'attempts'],
  G10: ['operators are named, with their reasons', "operators' transitions"],
};

const kinds: Readonly<Record<BreachKind, string>> = {
  lost: 'lost',
  stuck: 'stuck',
  illegal: 'illegal',
  'double terminal': 'double terminals',
  'mismatching row': 'mismatching rows',
  doubled: 'doubled',
  'against the policy': 'against the policy',
  'untrue answer': 'untrue answers',
  unattributed: 'unattributed',
};

/** What a run of fault tests did and what it found, for a person. */
export function guaranteesTable(runs: readonly Counts[]): string {
  const kills = sums(runs.map((run) => run.kills));
  const breaches = runs.flatMap((run) => run.breaches);
  const checks = sums(runs.map((run) => run.checks));
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0);
  const lines = Object.entries(guarantees).map(([name, [says, checkedOn]]) => [
    name,
    says,
    `${number(checks[name] ?? 0)} ${checkedOn}`,
    number(breaches.filter(({ guarantee }) => guarantee === name).length),
  ]);
  return [
    ...aligned([['', 'guarantee under faults', 'checked on', 'breaches'], ...lines]),
    '',
    ...[...Map.groupBy(runs, ({ test }) => test)].map(([test, of]) => figuresLine(test, of)),
    '',
    `Killed with SIGKILL, ${number(killed)} times: ${listed(kills)}`,
    Object.entries(kinds)
      .map(([kind, plural]) => `${breaches.filter((breach) => breach.kind === kind).length} ${plural}`)
      .join(', '),
    ...breaches
      .slice(0, MOST_BREACHES)
      .map(({ guarantee, kind, eventId, what }) => `  ${guarantee} ${kind}: ${eventId} ${what}`),
    ...(breaches.length === 0 && killed > 0 ? [bound(killed)] : []),
  ].join('\n');
}

function figuresLine(test: string, runs: readonly Counts[]): string {
  const seeds = runs.flatMap(({ seed }) => seed ?? []);
  const repeated = runs.length > 1 ? `, ${runs.length} times` : '';
  return `${test}${repeated}${seeds.length === 0 ? '' : ` (seed ${seeds.join(', ')})`}: ${listed(sums(runs.map(({ figures }) => figures)))}`;
}

/** The rule of three: with no failure in n independent trials, the rate is below 3/n with a confidence of 95 %. */
const bound = (kills: number) =>
  `No breach in ${number(kills)} kills: with 95 % confidence, fewer than ${((100 * 3) / kills).toPrecision(2)} % of kills cause one (3/n).`;

const number = (value: number) => value.toLocaleString('en');
const listed = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${number(count)}`)
    .join(', ');

/** Added up; of what is called the longest, the greatest. */
function sums(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const [name, count] of all.flatMap((each) => Object.entries(each))) {
    const before = total[name] ?? 0;
    total[name] = name.startsWith('longest') ? Math.max(before, count) : before + count;
  }
  return total;
}

function aligned(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
