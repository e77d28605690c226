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
