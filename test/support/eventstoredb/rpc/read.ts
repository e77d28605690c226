import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { CallKind } from '../faults/fault.ts';
import { streams } from '../stubs.ts';
import { Outbox, type ReadCall } from './outbox.ts';
import { readAllRpc } from './read-all.ts';
import { readStreamRpc } from './read-stream.ts';
import { RpcError, rpcErrors } from './rpc-errors.ts';
import { type ServerContext, suffer } from './server-context.ts';
import { subscribeToAll } from './subscribe-to-all.ts';
import { subscribeToStream } from './subscribe-to-stream.ts';

const { Options } = streams.ReadReq;

/** One rpc for reads and subscriptions of streams and of $all. */
export function readRpc(context: ServerContext) {
  return (call: ReadCall) => {
    const outbox = new Outbox(call, context.faults);
    void outbox.follow(read(context, call.request.getOptions(), outbox));
  };
}

async function read(context: ServerContext, options: ReadReq.Options | undefined, outbox: Outbox): Promise<void> {
  if (options === undefined) throw rpcErrors.exceptionInHandler();
  const subscribes = options.hasSubscription();
  const kind: CallKind = subscribes ? 'subscribe' : 'read';
  await suffer(context, kind);
  checkForm(options);
  if (!subscribes)
    return options.hasAll() ? readAllRpc(context, options, outbox) : readStreamRpc(context, options, outbox);
  const takeOff = context.subscriptions.add((how) => {
    if (how === 'complete') outbox.end();
    else outbox.fail(new RpcError(how.code, how.details));
  });
  // At once: the subscription itself only notices when there is something to send.
  void outbox.cancelled().then(takeOff);
  try {
    await (options.hasAll() ? subscribeToAll(context, options, outbox) : subscribeToStream(context, options, outbox));
  } finally {
    takeOff();
  }
}

/** Only some combinations of options make sense. */
function checkForm(options: ReadReq.Options): void {
  const type = 'EventStore.Client.Streams.ReadReq+Types+Options';
  if (!options.hasUuidOption()) throw rpcErrors.requiredArgument('uuidOption', `${type}+Types+UUIDOption`);
  if (!options.hasStream() && !options.hasAll())
    throw rpcErrors.invalidArgument('None', `${type}+StreamOptionOneofCase`);
  const backwards = options.getReadDirection() === Options.ReadDirection.BACKWARDS;
  const countIsSet = options.hasCount() || options.hasSubscription();
  const filterIsSet = options.hasNoFilter() || (options.hasFilter() && options.hasAll());
  if (countIsSet && filterIsSet && !(options.hasSubscription() && backwards)) return;
  throw rpcErrors.invalidCombination([
    options.hasAll() ? 'All' : 'Stream',
    options.hasCount() ? 'Count' : options.hasSubscription() ? 'Subscription' : 'None',
    backwards ? 'Backwards' : 'Forwards',
    options.hasFilter() ? 'Filter' : options.hasNoFilter() ? 'NoFilter' : 'None',
  ]);
}
