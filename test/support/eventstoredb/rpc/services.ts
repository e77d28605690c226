import type { Server, ServiceDefinition } from '@grpc/grpc-js';
import { GossipService, ServerFeaturesService, StreamsService } from '../stubs.ts';
import { appendRpc } from './append.ts';
import { batchAppendRpc } from './batch-append.ts';
import { deleteRpc, tombstoneRpc } from './delete-and-tombstone.ts';
import { gossipRpc } from './gossip.ts';
import type { ReadMessage } from './outbox.ts';
import { readRpc } from './read.ts';
import type { ServerContext } from './server-context.ts';
import { serverFeaturesRpc } from './server-features.ts';

/** Events come encoded already. */
const serializeReadMessage = (message: ReadMessage) =>
  Buffer.isBuffer(message) ? message : StreamsService.read.responseSerialize(message);

const streamsService = {
  ...StreamsService,
  read: { ...StreamsService.read, responseSerialize: serializeReadMessage },
} as unknown as ServiceDefinition;

export function addServices(server: Server, context: ServerContext): void {
  const rpcs = {
    read: readRpc(context),
    append: appendRpc(context),
    batchAppend: batchAppendRpc(context),
    delete: deleteRpc(context),
    tombstone: tombstoneRpc(context),
  };
  server.addService(streamsService, rpcs);
  server.addService(ServerFeaturesService, { getSupportedMethods: serverFeaturesRpc(context) });
  server.addService(GossipService, { read: gossipRpc(context) });
}
