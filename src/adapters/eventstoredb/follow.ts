import type { Clock } from '../../application/ports/clock.ts';
import type { SubscribeOptions, SubscriptionMessage } from '../../application/ports/event-log.ts';
import { within } from '../../application/within.ts';
import { formatCheckpoint, isBeyond, type Progress } from './checkpoint.ts';
import type { Connect } from './connection.ts';
import type { Place } from './decode-event.ts';
import { Inbox, type Taken } from './inbox.ts';
import { openConnection } from './open-connection.ts';
import type { EndPoint } from './parse-address.ts';
import { readingAll, subscribing } from './read-requests.ts';
import { type Read, receive } from './receive.ts';
import { refuseOldServer } from './server-version.ts';
import { firstPlace, isInvalidPosition, verifyProgress } from './verify-progress.ts';

interface Surroundings {
  readonly connect: Connect;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly ending: AbortSignal;
}

interface Start {
  readonly progress: Progress;
  readonly leader: EndPoint | null;
  readonly streamPrefixes: SubscribeOptions['streamPrefixes'];
  readonly maxBatch: number;
}

export interface Delivery {
  /** Where the subscriber is once it has handled the message. */
  readonly progress: Progress;
  /** `null` for the news that the subscription stands. */
  readonly message: SubscriptionMessage | null;
}

/**
 * One subscription, on a connection of its own: what is held up here holds nothing else up.
 * @throws {CheckpointRefused} @throws the driver's errors, also when the server just ends it.
 */
export async function* follow(
  surroundings: Surroundings,
  { progress: before, leader, streamPrefixes, maxBatch }: Start,
): AsyncGenerator<Delivery> {
  const { clock, deadlineMs, ending } = surroundings;
  const { connection, serverVersion } = await openConnection(surroundings, leader, ending);
  const close = () => connection.close();
  ending.addEventListener('abort', close);
  try {
    ending.throwIfAborted();
    refuseOldServer(serverVersion);
    const read: Read = (request, take) => within(clock, deadlineMs, receive(connection.read(request), take), ending);
    const { logId, after } = await verifyProgress(read, before);
    const inbox = new Inbox(
      connection.read(subscribing(after ?? 'start', streamPrefixes)),
      before.last,
      streamPrefixes,
    );
    await within(clock, deadlineMs, inbox.confirmed, ending);
    let progress: Progress = { ...before, logId };
    yield { progress, message: null };
    while (true) {
      await inbox.filled();
      const delivery = await deliver(inbox.take(maxBatch), progress, read);
      if (delivery === null) continue;
      ({ progress } = delivery);
      yield delivery;
    }
  } finally {
    ending.removeEventListener('abort', close);
    close();
  }
}

async function deliver(taken: Taken | null, before: Progress, read: Read): Promise<Delivery | null> {
  switch (taken?.kind) {
    case undefined:
      return null;
    case 'caught-up':
      return { progress: before, message: taken };
    case 'transitions': {
      const progress = { ...before, last: taken.last, passed: null };
      const { transitions } = taken;
      return { progress, message: { kind: 'transitions', transitions, checkpoint: formatCheckpoint(progress) } };
    }
    case 'checkpoint': {
      const passed = await eventUpTo(read, taken.where);
      if (passed === null || !isBeyond(passed, before.passed ?? before.last)) return null;
      const progress = { ...before, passed };
      return { progress, message: { kind: 'checkpoint', checkpoint: formatCheckpoint(progress) } };
    }
  }
}

/**
 * The event at the position of one of the server's checkpoints, which names no event and often has prepare 0. Where another
 * record stands there, the event before it. Nothing for a position at which the log does not go on: only an event can be
 * recognised again after a restart.
 */
async function eventUpTo(read: Read, where: Pick<Place, 'commit' | 'prepare'>): Promise<Place | null> {
  try {
    const next = await firstPlace(read, readingAll(where, 'forwards', 1));
    if (next === null || next.commit === where.commit) return next;
    return await firstPlace(read, readingAll(where, 'backwards', 1));
  } catch (error) {
    if (isInvalidPosition(error)) return null;
    throw error;
  }
}
