import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { type StreamsClient, shared, streams } from '../stubs.ts';
import { identifierOf } from './labelled-events.ts';

const { Options } = streams.ReadReq;
const empty = () => new shared.Empty();

interface Filter {
  readonly on?: 'stream' | 'type';
  readonly prefixes?: readonly string[];
  readonly regex?: string;
  readonly window?: number;
  readonly multiplier?: number;
}

export interface ReadOptions {
  /** $all by default. */
  readonly stream?: string;
  /** The start by default. A revision, or a place in $all. */
  readonly from?: 'start' | 'end' | number | `${bigint}` | { readonly commit: number; readonly prepare: number };
  readonly backwards?: boolean;
  readonly count?: number;
  readonly subscribes?: boolean;
  readonly filter?: Filter;
  readonly resolvesLinks?: boolean;
  readonly ids?: 'string' | 'structured';
  readonly compatibility?: number;
}

export function readRequest(asked: ReadOptions): ReadReq {
  const options = new Options()
    .setReadDirection(asked.backwards ? Options.ReadDirection.BACKWARDS : Options.ReadDirection.FORWARDS)
    .setResolveLinks(asked.resolvesLinks ?? false)
    .setControlOption(new Options.ControlOption().setCompatibility(asked.compatibility ?? 1));
  const ids = new Options.UUIDOption();
  options.setUuidOption(asked.ids === 'structured' ? ids.setStructured(empty()) : ids.setString(empty()));
  if (asked.stream === undefined) options.setAll(allOptions(asked.from ?? 'start'));
  else options.setStream(streamOptions(asked.stream, asked.from ?? 'start'));
  if (asked.subscribes) options.setSubscription(new Options.SubscriptionOptions());
  else options.setCount(String(asked.count ?? 1_000));
  if (asked.filter) options.setFilter(filterOptions(asked.filter));
  else options.setNoFilter(empty());
  return new streams.ReadReq().setOptions(options);
}

function streamOptions(stream: string, from: NonNullable<ReadOptions['from']>) {
  const options = new Options.StreamOptions().setStreamIdentifier(identifierOf(stream));
  if (from === 'start') return options.setStart(empty());
  if (from === 'end') return options.setEnd(empty());
  return options.setRevision(String(typeof from === 'object' ? from.commit : from));
}

function allOptions(from: NonNullable<ReadOptions['from']>) {
  const options = new Options.AllOptions();
  if (from === 'start') return options.setStart(empty());
  if (from === 'end') return options.setEnd(empty());
  const { commit, prepare } = typeof from === 'object' ? from : { commit: from, prepare: from };
  const position = new Options.Position().setCommitPosition(String(commit)).setPreparePosition(String(prepare));
  return options.setPosition(position);
}

function filterOptions({ on = 'stream', prefixes = [], regex = '', window, multiplier = 1 }: Filter) {
  const expression = new Options.FilterOptions.Expression().setRegex(regex).setPrefixList([...prefixes]);
  const options = new Options.FilterOptions().setCheckpointintervalmultiplier(multiplier);
  if (window === undefined) options.setCount(empty());
  else options.setMax(window);
  return on === 'type' ? options.setEventType(expression) : options.setStreamIdentifier(expression);
}

export const openRead = (
  client: InstanceType<typeof StreamsClient>,
  request: ReadReq,
): ClientReadableStream<ReadResp> => client.read(request);
