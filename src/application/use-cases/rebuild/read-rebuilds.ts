import { rebuildAggregate } from '../../../domain/rebuild/aggregate.ts';
import { evolve, type RebuildState } from '../../../domain/rebuild/state.ts';
import { decoderOf } from '../../decode-transition.ts';
import type { EventReader } from '../../ports/event-log.ts';
import { readHistory } from '../../read-history.ts';

const decode = decoderOf(rebuildAggregate);

export const rebuildStreamOf = (projection: string) => rebuildAggregate.streamPrefix + projection;

/**
 * All rebuilds of a read model as they are or ended, in the order in which they were requested.
 * @throws {LogUnavailable} {HistoryBroken} {UndecodableTransition}
 */
export async function readRebuilds(
  log: Pick<EventReader, 'readStream'>,
  projection: string,
): Promise<readonly RebuildState[]> {
  const byId = new Map<string, RebuildState>();
  let state: RebuildState | null = null;
  for (const recorded of await readHistory(log, rebuildStreamOf(projection))) {
    state = evolve(state, decode(recorded));
    byId.set(state.id, state);
  }
  return [...byId.values()];
}
