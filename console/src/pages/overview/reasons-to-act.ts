import type { useStateOfThings } from './use-state-of-things.ts';

export interface ReasonToAct {
  readonly what: string;
  readonly todo: string;
  /** The page on which it is done. */
  readonly to?: string;
}

/** What is not as it should be, the worst first. */
export function reasonsToAct({
  deadLetters,
  types,
  plans,
  projections,
  readiness,
}: ReturnType<typeof useStateOfThings>): readonly ReasonToAct[] {
  const { parts = {}, details = {} } = readiness.data ?? {};
  const notReady = Object.entries(parts).filter(([, state]) => state !== 'ready');
  const asked = [deadLetters, types, plans, projections, readiness];
  return [
    ...asked
      .flatMap(({ error }) => (error === null ? [] : [error.message]))
      .filter((message, at, all) => all.indexOf(message) === at)
      .map((message) => ({ what: 'Something could not be asked for', todo: message })),
    ...notReady.map(([name]) => ({
      what: `Not ready: ${name}`,
      todo: details[name] ?? 'bin/eventops doctor says why, and what to do',
    })),
    ...(plans.data?.items ?? []).map(({ id, reason }) => ({
      what: `A plan stopped itself: ${reason}`,
      todo: 'See what failed again, then resume or abort it',
      to: `/plans/${id}`,
    })),
    ...(projections.data?.items ?? []).flatMap(({ name, version, newestVersion, rebuild }) => {
      const to = rebuild === null ? '/projections' : `/projections/${name}/${rebuild.id}`;
      const waitsFor = rebuild?.progress?.waitsFor ?? null;
      if (waitsFor !== null)
        return [{ what: `The rebuild of ${name} waits: ${waitsFor}`, todo: rebuild?.next ?? '', to }];
      if (rebuild?.step === 'compared')
        return [{ what: `The rebuild of ${name} was compared`, todo: rebuild.next, to }];
      if (rebuild === null && version !== null && version < newestVersion)
        return [
          { what: `${name} has rows of version ${version}`, todo: `Rebuild it for version ${newestVersion}`, to },
        ];
      return [];
    }),
    ...(types.data?.items ?? []).flatMap(({ name, pause, waiting }) =>
      pause === null
        ? []
        : [{ what: `${name} is paused: ${pause.reason}`, todo: `${waiting ?? 'Some'} events wait`, to: '/types' }],
    ),
    ...(deadLetters.data !== undefined && deadLetters.data.events > 0
      ? [
          {
            what: `${deadLetters.data.events} dead letters`,
            todo: `Of ${deadLetters.data.groups} failures. See why, then replay or discard them`,
            to: '/dead-letters',
          },
        ]
      : []),
  ];
}
