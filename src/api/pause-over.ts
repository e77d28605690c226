import type { EventView } from '../projections/events/queries.ts';
import type { RouteDependencies } from './dependencies.ts';

/** What is said beside an event that waits because its type is paused, as far as this process has heard; else nothing. */
export function pauseOver(
  pauses: RouteDependencies['pauses'],
  { status, type }: Pick<EventView, 'status' | 'type'>,
): { readonly name: string; readonly since: string; readonly reason: string } | undefined {
  if (status !== 'RECEIVED' && status !== 'FAILED') return undefined;
  const [name] = pauses.over(type);
  const pause = name === undefined ? undefined : pauses.all().get(name);
  return name === undefined || pause === undefined ? undefined : { name, since: pause.since, reason: pause.reason };
}
