import { randomUUID } from 'node:crypto';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { InvalidPosition } from '../log/log-file.ts';
import { type AllPosition, isBefore, NOWHERE } from '../log/read-all.ts';
import { AllSubscription } from './all-subscription.ts';
import { EventSender } from './event-sender.ts';
import type { Outbox } from './outbox.ts';
import { END, filterOf, positionOf, START } from './read-options.ts';
import { readResponses } from './read-responses.ts';
import { rpcErrors } from './rpc-errors.ts';
import type { ServerContext } from './server-context.ts';

/** Everything in $all after a position, filtered or not, then what comes; until the client has enough. */
export async function subscribeToAll(context: ServerContext, options: ReadReq.Options, outbox: Outbox): Promise<void> {
  const { database, faults } = context;
  const start = positionOf(options);
  const filter = filterOf(options);
  const multiplier = options.getFilter()?.getCheckpointintervalmultiplier();
  // .NET's exceptions; nobody has thought of a zero.
  if (multiplier === 0) throw rpcErrors.exceptionInHandler();
  const last: AllPosition = { commit: database.lastPosition, prepare: database.lastPosition };
  const liveFrom = database.end;
  await outbox.send(readResponses.confirmation(randomUUID()));
  const subscription = new AllSubscription(context, outbox, {
    filter,
    events: new EventSender(database, options, outbox),
    checkpointInterval: filter.isFiltered ? (multiplier ?? 1) * filter.searchWindow : undefined,
    sent: start === START ? NOWHERE : start === END ? last : start,
    confirmedAt: last,
    liveFrom,
  });
  // A place at or beyond the end is believed, wherever it is: nothing is sent before the log has grown past it.
  if (isBefore(subscription.sent, last)) await validly(subscription.catchUp());
  for (;;) {
    await outbox.send(readResponses.caughtUp());
    while (await subscription.sendLive()) await outbox.whileOpen(database.change());
    if (faults.tellsFellBehind) await outbox.send(readResponses.fellBehind());
    await validly(subscription.catchUp());
  }
}

async function validly(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw error instanceof InvalidPosition ? rpcErrors.invalidPosition() : error;
  }
}
