import type { Revision } from '../../application/ports/event-log.ts';
import type { Place } from './decode-event.ts';
import { Empty, ReadReq, type ReadRequest, StreamIdentifier } from './protocol.ts';

const { Options } = ReadReq;

/**
 * How many events that do not concern a subscriber the server passes over before it reports how far it is. The server's
 * own 32 would make a checkpoint of every 32 events of others; with too many, a restart looks through them again.
 */
const SEARCH_WINDOW_EVENTS = 2_000;
const ALL_THERE_ARE = String(Number.MAX_SAFE_INTEGER);

type Where = Pick<Place, 'commit' | 'prepare'> | 'start' | 'end';

/** A stream from a revision on, inclusive. */
export function readingStream(stream: string, from: Revision): ReadRequest {
  const identifier = new StreamIdentifier().setStreamName(new TextEncoder().encode(stream));
  const which = new Options.StreamOptions().setStreamIdentifier(identifier).setRevision(from.toString());
  return request(options().setStream(which).setReadDirection(Options.ReadDirection.FORWARDS).setCount(ALL_THERE_ARE));
}

/** The whole log, from a position on: forwards inclusive, backwards exclusive. */
export function readingAll(from: Where, direction: 'forwards' | 'backwards', count: number | 'all'): ReadRequest {
  return request(
    options()
      .setAll(at(from))
      .setReadDirection(direction === 'forwards' ? Options.ReadDirection.FORWARDS : Options.ReadDirection.BACKWARDS)
      .setCount(count === 'all' ? ALL_THERE_ARE : String(count)),
  );
}

/** The whole log after a position, exclusive, then live. Of streams with one of the prefixes, or of all that are not EventStoreDB's. */
export function subscribing(after: Where, streamPrefixes?: readonly string[]): ReadRequest {
  const filter = new Options.FilterOptions()
    .setStreamIdentifier(followed(streamPrefixes))
    .setMax(SEARCH_WINDOW_EVENTS)
    .setCheckpointintervalmultiplier(1);
  return new ReadReq().setOptions(
    options().setAll(at(after)).setSubscription(new Options.SubscriptionOptions()).setFilter(filter),
  );
}

function followed(
  streamPrefixes: readonly string[] | undefined,
): InstanceType<typeof Options.FilterOptions.Expression> {
  const expression = new Options.FilterOptions.Expression();
  if (streamPrefixes === undefined || streamPrefixes.includes('')) return expression.setRegex('^[^$]');
  // An empty list would be no filter at all. No stream has an empty name.
  return streamPrefixes.length === 0 ? expression.setRegex('^$') : expression.setPrefixList([...streamPrefixes]);
}

/** Ids come as text; links are not followed: what they lead to comes at its own position. */
const options = () =>
  new Options().setResolveLinks(false).setUuidOption(new Options.UUIDOption().setString(new Empty()));

const request = (unfiltered: InstanceType<typeof Options>) =>
  new ReadReq().setOptions(unfiltered.setNoFilter(new Empty()));

function at(where: Where): InstanceType<typeof Options.AllOptions> {
  const all = new Options.AllOptions();
  if (where === 'start') return all.setStart(new Empty());
  if (where === 'end') return all.setEnd(new Empty());
  const position = new Options.Position();
  return all.setPosition(
    position.setCommitPosition(where.commit.toString()).setPreparePosition(where.prepare.toString()),
  );
}
