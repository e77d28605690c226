import { randomUUID } from 'node:crypto';
import { gossip } from '../stubs.ts';
import { structuredUuid } from '../uuid.ts';
import { answerOnce } from './answer-once.ts';
import { type ServerContext, suffer } from './server-context.ts';

/** A cluster of one node, which leads it. */
export function gossipRpc(context: ServerContext) {
  const instanceId = structuredUuid(randomUUID());
  return answerOnce(async () => {
    await suffer(context, 'gossip');
    const endPoint = new gossip.EndPoint().setAddress(context.self.host).setPort(context.self.port);
    const member = new gossip.MemberInfo()
      .setInstanceId(instanceId)
      .setTimeStamp(`${Date.now()}0000`)
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(endPoint);
    return new gossip.ClusterInfo().setMembersList([member]);
  });
}
