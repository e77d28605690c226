import { readFileSync } from 'node:fs';
import {
  type CallOptions,
  Channel,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  type Metadata,
} from '@grpc/grpc-js';
import { ServerUrlInvalid } from '../../application/failures.ts';
import { createCallOptions } from './call-options.ts';
import { CallEnded } from './classify.ts';
import type { Address, EndPoint } from './parse-address.ts';
import {
  type BatchAppendResp,
  discoverEndpoint,
  Empty,
  type ReadRequest,
  type ReadResp,
  ServerFeaturesClient,
  StreamsClient,
  StreamsService,
} from './protocol.ts';

/** One connection to one node. Errors are the driver's own, and reach only who listens for them. */
export interface Connection {
  /** Takes appends as {@link encodeAppend} writes them, and answers each, in any order. */
  batchAppend(): ClientDuplexStream<Buffer, BatchAppendResp>;
  read(request: ReadRequest): ClientReadableStream<ReadResp>;
  serverVersion(): Promise<string>;
  /** Cancels what is under way and closes the connection. */
  close(): void;
}

/** @param leader the node to talk to, where another one has named it; otherwise the address decides. */
export type Connect = (leader: EndPoint | null) => Promise<Connection>;

/** EventStoreDB takes no event over 16 MiB into its log. */
const LARGEST_MESSAGE_BYTES = 17 * 1024 * 1024;

/** @throws {ServerUrlInvalid} for a certificate file that cannot be read. */
export function createConnect(address: Address): Connect {
  const { tls, endPoints, discover, options } = address;
  const [ca, certificate, key] = [tls?.caFile, tls?.certificateFile, tls?.keyFile].map(readCertificate);
  const channelCredentials = () =>
    tls === null ? credentials.createInsecure() : credentials.createSsl(ca ?? null, key ?? null, certificate ?? null);
  const callOptions = createCallOptions(address);
  const target = async (): Promise<EndPoint> => {
    const [first] = endPoints;
    if (first !== undefined && !discover) return first;
    const { nodePreference, maxDiscoverAttempts, discoveryInterval, gossipTimeout } = options;
    const how = { nodePreference, maxDiscoverAttempts, discoveryInterval, gossipTimeout };
    return discoverEndpoint({ endpoints: [...endPoints], ...how }, channelCredentials());
  };
  return async (leader) => {
    const node = leader ?? (await target());
    const authority = `${node.address}:${node.port}`;
    const channel = new Channel(authority, channelCredentials(), {
      // Equal channels share one connection otherwise, also its 100 streams, and a new one inherits the waiting time of
      // one that failed, up to two minutes.
      'grpc.use_local_subchannel_pool': 1,
      // An append is sent again by who sent it, with the same ids, or not at all.
      'grpc.enable_retries': 0,
      'grpc.enable_channelz': 0,
      'grpc.keepalive_time_ms': options.keepAliveTimeout < 0 ? -1 : options.keepAliveInterval,
      'grpc.keepalive_timeout_ms': options.keepAliveTimeout,
      'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES,
    });
    return connectionOver(channel, authority, callOptions);
  };
}

function readCertificate(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch {
    throw new ServerUrlInvalid(`the URL of EventStoreDB names a certificate file that cannot be read: ${file}`);
  }
}

/** Sending and receiving by the stubs that the client ships; docs/adr/0021 says why not by its own calls, and 0043 why not by its class. */
function connectionOver(channel: Channel, target: string, callOptions: () => [Metadata, CallOptions]): Connection {
  const through = { channelOverride: channel };
  const streams = new StreamsClient(target, credentials.createInsecure(), through);
  const features = new ServerFeaturesClient(target, credentials.createInsecure(), through);
  const open = new Set<{ cancel(): void }>();
  let isClosed = false;

  const track = <Call extends ClientReadableStream<unknown>>(start: () => Call): Call => {
    if (isClosed) throw new CallEnded('the connection is closed');
    const call = start();
    open.add(call);
    // Callers that wait for an answer listen, too. This one is for the error that comes after the last of them.
    call.on('error', () => {});
    call.on('status', () => open.delete(call));
    return call;
  };

  return {
    batchAppend: () =>
      track(() =>
        streams.makeBidiStreamRequest(
          StreamsService.batchAppend.path,
          (append: Buffer) => append,
          StreamsService.batchAppend.responseDeserialize,
          ...callOptions(),
        ),
      ),
    read: (request) => track(() => streams.read(request, ...callOptions())),
    serverVersion: () =>
      new Promise((resolve, reject) => {
        features.getSupportedMethods(new Empty(), ...callOptions(), (error, methods) =>
          error ? reject(error) : resolve(methods.getEventStoreServerVersion()),
        );
      }),
    close: () => {
      isClosed = true;
      for (const call of open) call.cancel();
      channel.close();
    },
  };
}
