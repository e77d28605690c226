import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { emptyWindow, InvalidPosition } from '../log/log-file.ts';
import { type AllPosition, FIRST_PLACE, readAllBackwards, readAllForwards } from '../log/read-all.ts';
import { streams } from '../stubs.ts';
import { EventSender } from './event-sender.ts';
import { CallOver, type Outbox } from './outbox.ts';
import { countOf, END, filterOf, PAGE_EVENTS, positionOf, START } from './read-options.ts';
import { rpcErrors } from './rpc-errors.ts';
import type { ServerContext } from './server-context.ts';

const laterTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

export async function readAllRpc(context: ServerContext, options: ReadReq.Options, outbox: Outbox): Promise<void> {
  const { database } = context;
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const readPage = backwards ? readAllBackwards : readAllForwards;
  const { filter, isFiltered, searchWindow } = filterOf(options);
  const result = isFiltered ? 'FilteredReadAllResult' : 'ReadAllResult';
  const events = new EventSender(database, options, outbox);
  const start = positionOf(options);
  const count = countOf(options);
  // EventStoreDB reads empty page after empty page, until the client gives up.
  if (count === 0 || searchWindow === 0) return outbox.cancelled();
  let from: AllPosition = start === START ? FIRST_PLACE : start === END ? placeAt(database.end) : start;
  if (backwards && from.commit > database.end) throw rpcErrors.unexpected(`${result}: Error`);
  const range = { maxCount: Math.min(PAGE_EVENTS, count), searchWindow, filter, window: emptyWindow() };
  for (let left = count; ; ) {
    const page = validly(result, () => readPage(database, { ...range, from }));
    for (const record of page.records.slice(0, left)) await events.send(record);
    left -= page.records.length;
    if (page.isEnd || left <= 0) return;
    from = page.next;
    // Others want to be served, too, also when nothing passes the filter.
    await laterTurn();
    if (outbox.isOver) throw new CallOver();
  }
}

const placeAt = (position: number): AllPosition => ({ commit: position, prepare: position });

function validly<Page>(result: string, read: () => Page): Page {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidPosition ? rpcErrors.unexpected(`${result}: InvalidPosition`) : error;
  }
}
