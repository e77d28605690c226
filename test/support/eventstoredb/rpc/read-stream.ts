import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { readStreamBackwards, readStreamForwards } from '../log/read-stream.ts';
import { streams } from '../stubs.ts';
import { EventSender } from './event-sender.ts';
import type { Outbox } from './outbox.ts';
import { readStreamName } from './proposed-event.ts';
import { countOf, END, PAGE_EVENTS, revisionOf, START } from './read-options.ts';
import { readResponses } from './read-responses.ts';
import { rpcErrors } from './rpc-errors.ts';
import type { ServerContext } from './server-context.ts';

export async function readStreamRpc(context: ServerContext, options: ReadReq.Options, outbox: Outbox): Promise<void> {
  const stream = readStreamName(options.getStream()?.getStreamIdentifier());
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const readPage = backwards ? readStreamBackwards : readStreamForwards;
  const tellsPositions = (options.getControlOption()?.getCompatibility() ?? 0) >= 1;
  const events = new EventSender(context.database, options, outbox);
  const start = revisionOf(options);
  const count = countOf(options);
  let from = start === END ? -1 : start === START ? 0 : start;
  for (let left = count; ; ) {
    const page = readPage(context.database, { stream, from, maxCount: Math.min(PAGE_EVENTS, count) });
    if (page.kind === 'error') throw rpcErrors.unexpected('ReadStreamResult: Error');
    if (page.kind === 'deleted') throw rpcErrors.streamDeleted(stream);
    if (page.kind === 'no-stream') return outbox.send(readResponses.streamNotFound(stream));
    const nothingSoFar = left === count && page.records.length === 0;
    if (tellsPositions && !backwards && nothingSoFar && page.next !== from) {
      await outbox.send(readResponses.firstStreamPosition(page.next));
    }
    const wanted = page.records.slice(0, left);
    for (const record of wanted) await events.send(record);
    left -= wanted.length;
    if (page.isEnd || left === 0) {
      return tellsPositions ? outbox.send(readResponses.lastStreamPosition(page.last)) : undefined;
    }
    from = page.next;
  }
}
