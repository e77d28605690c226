import { setImmediate as nextTurn } from 'node:timers/promises';
import { isFollowed } from '../../../src/application/followed-streams.ts';
import {
  type AppendOutcome,
  type AppendRequest,
  type Checkpoint,
  type EventReader,
  type EventWriter,
  type LogPosition,
  type RecordedTransition,
  revision,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../../../src/application/ports/event-log.ts';

/**
 * The mistake that a sequence column invites: a position is given out when an append begins, and its transitions are
 * seen when it ends, while readers go on from the highest position that they saw. Whatever ends late is never read.
 */
export function createNaiveLog(random: () => number): EventWriter & EventReader {
  const rows: RecordedTransition[] = [];
  let lastPosition = 0;

  async function append({ stream, transitions }: AppendRequest): Promise<AppendOutcome> {
    const given = transitions.map((transition, index) => ({
      ...transition,
      stream,
      revision: revision(index),
      position: BigInt(++lastPosition) as LogPosition,
    }));
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await nextTurn();
    rows.push(...given);
    return { kind: 'appended', firstRevision: revision(0), lastRevision: revision(transitions.length - 1) };
  }

  async function* subscribeAll(
    after: Checkpoint | null,
    { streamPrefixes, maxBatch = 1_000, signal }: SubscribeOptions = {},
  ): AsyncGenerator<SubscriptionMessage> {
    let last = BigInt(after ?? 0);
    while (!signal?.aborted) {
      const transitions = rows
        .filter(({ position, stream }) => position > last && isFollowed(stream, streamPrefixes))
        .sort((one, other) => Number(one.position - other.position))
        .slice(0, maxBatch);
      last = transitions.at(-1)?.position ?? last;
      if (transitions.length > 0) yield { kind: 'transitions', transitions, checkpoint: `${last}` as Checkpoint };
      else yield { kind: 'caught-up' };
      await nextTurn();
    }
  }

  return {
    append,
    appendMany: (requests) => Promise.all(requests.map(append)),
    readStream: async (stream) => rows.filter((row) => row.stream === stream),
    async *readPages(stream) {
      yield rows.filter((row) => row.stream === stream);
    },
    subscribeAll,
    head: async () => null,
    verifyCheckpoint: async () => {},
  };
}
