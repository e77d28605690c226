// The stubs are CommonJS that fills its exports as it runs, so they come as one default export each.
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';

export const { ServerFeaturesClient } = features;
export const { Empty, StreamIdentifier, WrongExpectedVersion } = shared;
export const { StreamsClient, StreamsService } = streamsServices;
export const { ReadReq } = streams;

export type { BatchAppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
export type ReadRequest = InstanceType<typeof ReadReq>;

/** Asks the nodes of a cluster, one after the other, which of them to talk to. */
export { discoverEndpoint } from '@eventstore/db-client/dist/Client/discovery.js';
