import { createRequire } from 'node:module';
import type * as Grpc from '@grpc/grpc-js';

// The stubs are CommonJS that fills `exports` at run time, so named imports of them do not exist; and Any and Empty
// belong to google-protobuf, which is the client's dependency, not ours.
const require = createRequire(import.meta.url);
const fromClient = createRequire(require.resolve('@eventstore/db-client'));

type Streams = typeof import('@eventstore/db-client/generated/streams_pb.js');
type Shared = typeof import('@eventstore/db-client/generated/shared_pb.js');
type Status = typeof import('@eventstore/db-client/generated/status_pb.js');
type Codes = typeof import('@eventstore/db-client/generated/code_pb.js');
type Features = typeof import('@eventstore/db-client/generated/serverfeatures_pb.js');
type Gossip = typeof import('@eventstore/db-client/generated/gossip_pb.js');
type StreamsServices = typeof import('@eventstore/db-client/generated/streams_grpc_pb.js');
type FeaturesServices = typeof import('@eventstore/db-client/generated/serverfeatures_grpc_pb.js');
type GossipServices = typeof import('@eventstore/db-client/generated/gossip_grpc_pb.js');

const generated = (name: string): unknown => require(`@eventstore/db-client/generated/${name}.js`);

export const streams = generated('streams_pb') as Streams;
export const shared = generated('shared_pb') as Shared;
export const status = generated('status_pb') as Status;
/** google.rpc.Code. */
export const { Code } = generated('code_pb') as Codes;
export const features = generated('serverfeatures_pb') as Features;
export const gossip = generated('gossip_pb') as Gossip;
export const { StreamsService, StreamsClient } = generated('streams_grpc_pb') as StreamsServices;
export const { ServerFeaturesService, ServerFeaturesClient } = generated('serverfeatures_grpc_pb') as FeaturesServices;
export const { GossipService } = generated('gossip_grpc_pb') as GossipServices;
/** The very copy that the client uses: classes of two copies do not recognise each other. */
export const grpc = fromClient('@grpc/grpc-js') as typeof Grpc;

type StatusMessage = import('@eventstore/db-client/generated/status_pb.js').Status;
type BatchSuccess = import('@eventstore/db-client/generated/streams_pb.js').BatchAppendResp.Success;
export type AnyMessage = NonNullable<ReturnType<StatusMessage['getDetails']>>;
type TimestampMessage = NonNullable<
  ReturnType<import('@eventstore/db-client/generated/streams_pb.js').BatchAppendReq.Options['getDeadline']>
>;
type EmptyMessage = NonNullable<ReturnType<BatchSuccess['getNoStream']>>;

/** google.protobuf.Any, Empty and Timestamp. */
export const { Any } = fromClient('google-protobuf/google/protobuf/any_pb.js') as { Any: new () => AnyMessage };
export const { Empty: ProtobufEmpty } = fromClient('google-protobuf/google/protobuf/empty_pb.js') as {
  Empty: new () => EmptyMessage;
};
export const { Timestamp } = fromClient('google-protobuf/google/protobuf/timestamp_pb.js') as {
  Timestamp: { fromDate(date: Date): TimestampMessage };
};
