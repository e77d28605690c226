import { failureGroupAggregate } from '../../domain/failure-group/aggregate.ts';
import type { FailureSeen } from '../../domain/failure-group/fingerprint.ts';
import { type FailureGroupState, mergedInto, splitOff } from '../../domain/failure-group/state.ts';
import { groupIdOfStream, groupOf, type IdentifiedGroup, splitOffFrom } from '../failure-groups/identity.ts';
import { type Loaded, load } from '../load.ts';
import type { EventReader } from '../ports/event-log.ts';

export interface FoundGroup extends IdentifiedGroup {
  readonly current: Loaded<FailureGroupState>;
}

/** Of one a chain is never longer than the merges that someone made by hand. */
const MOST_MERGES = 100;
/** Kept, so that a thousand equal failures are one read. */
const MOST_KEPT = 5_000;

export interface FindGroup {
  /** The group that a failure belongs to after all that operators did, from the log. @throws {LogUnavailable} {HistoryBroken} */
  (handler: string | null, failure: FailureSeen): Promise<FoundGroup>;
  /** Something was appended to the stream of a group: it is read again when it is needed next. */
  changed(stream: string): void;
}

export function createFindGroup(log: Pick<EventReader, 'readStream'>): FindGroup {
  const kept = new Map<string, Loaded<FailureGroupState>>();

  async function current(id: string): Promise<Loaded<FailureGroupState>> {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const loaded = await load(failureGroupAggregate, log, id);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(id, loaded);
    return loaded;
  }

  const find = async (handler: string | null, failure: FailureSeen): Promise<FoundGroup> => {
    let group: IdentifiedGroup = groupOf(handler, failure);
    let found = await current(group.id);
    for (let steps = 0; steps < MOST_MERGES; steps++) {
      const split = splitOff(found.state, failure.message);
      const next = split?.id ?? mergedInto(found.state);
      if (next === null || next === undefined) break;
      const loaded = await current(next);
      group = split === null ? { id: next, of: loaded.state?.of ?? group.of } : splitOffFrom(group, split);
      found = loaded;
    }
    return { ...group, current: found };
  };
  return Object.assign(find, { changed: (stream: string) => void kept.delete(groupIdOfStream(stream)) });
}
