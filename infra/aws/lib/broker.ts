import { Fn, Stack } from 'aws-cdk-lib';
import { CfnBroker } from 'aws-cdk-lib/aws-amazonmq';
import { SecurityGroup, type Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { passwordOf } from './secrets.ts';

export const AMQPS_PORT = 5671;

export interface Broker {
  readonly securityGroup: SecurityGroup;
  /** Host and port. */
  readonly endpoint: string;
}

/**
 * Amazon MQ for RabbitMQ, three nodes in three zones, reached from inside alone. Its storage is encrypted with a key of AWS: for
 * RabbitMQ it takes no other.
 */
export function createBroker(scope: Construct, network: Vpc, password: ISecret): Broker {
  const securityGroup = new SecurityGroup(scope, 'BrokerGroup', {
    vpc: network,
    description: 'RabbitMQ',
    allowAllOutbound: false,
  });
  const broker = new CfnBroker(scope, 'Broker', {
    brokerName: `${Stack.of(scope).stackName}-commands`,
    engineType: 'RABBITMQ',
    engineVersion: '3.13',
    autoMinorVersionUpgrade: true,
    deploymentMode: 'CLUSTER_MULTI_AZ',
    hostInstanceType: 'mq.m7g.medium',
    publiclyAccessible: false,
    subnetIds: network.isolatedSubnets.map(({ subnetId }) => subnetId),
    securityGroups: [securityGroup.securityGroupId],
    encryptionOptions: { useAwsOwnedKey: true },
    logs: { general: true },
    maintenanceWindowStartTime: { dayOfWeek: 'SUNDAY', timeOfDay: '03:00', timeZone: 'UTC' },
    users: [{ username: 'eventops', password: passwordOf(password) }],
  });
  return { securityGroup, endpoint: Fn.select(1, Fn.split('://', Fn.select(0, broker.attrAmqpEndpoints))) };
}
