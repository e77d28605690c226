import type { ReplayPermission } from '../../../domain/event/commands.ts';
import type { PlanAction, PlanCounts, TransitionData } from '../../../domain/replay-plan/transitions.ts';
import type { Candidate } from '../../../projections/dead-letters/queries.ts';

const MOST_GROUPS = 50;
const MOST_TYPES = 100;
const HOUR_MS = 3_600_000;
const OTHERS = 'all others';

interface Policy {
  readonly action: PlanAction;
  /** Ids were given, so that each was meant. */
  readonly isByIds: boolean;
  readonly permissionOf: (type: string) => ReplayPermission;
}

type Blocked = TransitionData<'ReplayPlanRequested'>['blocked'];

/** Members, and what the handlers of their types forbid. A discard runs no handler, and is forbidden by none. */
export function withinPolicy(
  candidates: readonly Candidate[],
  { action, isByIds, permissionOf }: Policy,
): { readonly members: readonly Candidate[]; readonly blocked: Blocked } {
  if (action === 'discard') return { members: candidates, blocked: [] };
  const permissions = new Map<string, ReplayPermission>();
  const members: Candidate[] = [];
  const left = new Map<string, Blocked[number]>();
  for (const candidate of candidates) {
    const { type } = candidate;
    const permission = permissions.get(type) ?? permissionOf(type);
    permissions.set(type, permission);
    if (permission === 'safe' || (permission === 'manual' && isByIds)) members.push(candidate);
    else left.set(type, { type, why: permission, events: (left.get(type)?.events ?? 0) + 1 });
  }
  return { members, blocked: [...left.values()].toSorted((one, other) => (one.type < other.type ? -1 : 1)) };
}

/** What an operator looks at before anything is done. */
export function countsOf(members: readonly Candidate[], titles: ReadonlyMap<string, string>, now: number): PlanCounts {
  const groups = largest(
    tally(members, ({ groupId }) => groupId ?? ''),
    MOST_GROUPS,
  );
  return {
    byType: largest(
      tally(members, ({ type }) => type),
      MOST_TYPES,
    ),
    byGroup: groups.map(({ name, events }) => ({
      id: titles.has(name) ? name : null,
      title: titles.get(name) ?? (name === '' ? 'no group counts them yet' : OTHERS),
      events,
    })),
    byAge: tally(members, ({ diedAt }) => ageOf(now - Date.parse(diedAt))),
    byReplays: tally(members, ({ generation }) => replaysOf(generation)),
  };
}

/** The groups that {@link countsOf} names. */
export const groupsOf = (members: readonly Candidate[]): readonly string[] =>
  largest(
    tally(members, ({ groupId }) => groupId ?? ''),
    MOST_GROUPS,
  ).flatMap(({ name }) => (name === '' || name === OTHERS ? [] : [name]));

interface Counted {
  readonly name: string;
  readonly events: number;
}

function tally(members: readonly Candidate[], nameOf: (member: Candidate) => string): Counted[] {
  const counts = new Map<string, number>();
  for (const member of members) {
    const name = nameOf(member);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, events]) => ({ name, events }));
}

function largest(counted: readonly Counted[], most: number): Counted[] {
  const sorted = counted.toSorted((one, other) => other.events - one.events || (one.name < other.name ? -1 : 1));
  const rest = sorted.slice(most).reduce((sum, { events }) => sum + events, 0);
  return [...sorted.slice(0, most), ...(rest === 0 ? [] : [{ name: OTHERS, events: rest }])];
}

const ageOf = (ageMs: number) =>
  ageMs < HOUR_MS
    ? 'less than an hour'
    : ageMs < 24 * HOUR_MS
      ? 'less than a day'
      : ageMs < 7 * 24 * HOUR_MS
        ? 'less than a week'
        : 'a week or more';

const replaysOf = (generation: number) => (generation === 0 ? 'never' : generation === 1 ? 'once' : 'more than once');
