import { randomUUID } from 'node:crypto';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import type { sendUnaryData } from '@grpc/grpc-js';
import { gossip } from '../stubs.ts';
import { structuredUuid } from '../uuid.ts';
import { asRpcError } from './rpc-errors.ts';
import { type ServerContext, suffer } from './server-context.ts';

/** A cluster of one node, which leads it. */
export function gossipRpc(context: ServerContext) {
  const instanceId = structuredUuid(randomUUID());
  return async (_call: unknown, answer: sendUnaryData<ClusterInfo>) => {
    try {
      await suffer(context, 'gossip');
      const endPoint = new gossip.EndPoint().setAddress(context.self.host).setPort(context.self.port);
      const member = new gossip.MemberInfo()
        .setInstanceId(instanceId)
        .setTimeStamp(`${Date.now()}0000`)
        .setState(gossip.MemberInfo.VNodeState.LEADER)
        .setIsAlive(true)
        .setHttpEndPoint(endPoint);
      answer(null, new gossip.ClusterInfo().setMembersList([member]));
    } catch (error) {
      answer(asRpcError(error));
    }
  };
}
