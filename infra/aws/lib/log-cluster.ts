import { Aws, Duration } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, Peer, Port, SecurityGroup, type Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ARecord, PrivateHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { EVENTSTORE_IMAGE, SECRETS_IN_CONTAINER } from './host-compose.ts';
import { createMachine, DATA_FOLDER, type Machine, SECRETS_FOLDER } from './machine.ts';

export const LOG_PORT = 2113;
const REPLICATION_PORT = 1112;
const ZONE = 'log.eventops.internal';
const nodes = [1, 2, 3];
/** In their certificate, too. */
const nameOf = (node: number) => `node${node}.${ZONE}`;
export const logNodes = nodes.map((node) => `${nameOf(node)}:${LOG_PORT}`);

interface Given {
  readonly network: Vpc;
  readonly key: Key;
  readonly logGroup: LogGroup;
  readonly certificates: ISecret;
  /** Of the users admin and ops, as environment of the first start. */
  readonly settings: ISecret;
}

export interface LogCluster {
  readonly securityGroup: SecurityGroup;
  readonly machines: readonly Machine[];
}

/** EventStoreDB on three machines in three zones, each with a volume of its own. An append is on two of them before it is answered. */
export function createLogCluster(scope: Construct, given: Given): LogCluster {
  const { network, key, logGroup } = given;
  const securityGroup = new SecurityGroup(scope, 'LogGroup', {
    vpc: network,
    description: 'Nodes of the log',
    allowAllOutbound: false,
  });
  securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'AWS and registries of images');
  securityGroup.addEgressRule(Peer.anyIpv4(), Port.udp(53), 'Names');
  for (const port of [LOG_PORT, REPLICATION_PORT])
    securityGroup.connections.allowInternally(Port.tcp(port), 'Between the nodes');
  const zone = new PrivateHostedZone(scope, 'LogZone', { zoneName: ZONE, vpc: network });
  const machines = nodes.map((node, index) => {
    const subnet = network.privateSubnets[index];
    if (subnet === undefined) throw new Error(`The network has no subnet for node ${node} of the log`);
    const machine = createMachine(scope, `LogNode${node}`, {
      ...{ network, subnet, securityGroup, key, logGroup, volumeGiB: 100, isReachedFromOutside: false },
      instanceType: InstanceType.of(InstanceClass.M6I, InstanceSize.LARGE),
      secrets: { 'log-certificates.json': given.certificates, 'eventstore.env': given.settings },
      compose: composeOf(node, logGroup.logGroupName),
    });
    new ARecord(scope, `LogNode${node}Name`, {
      zone,
      recordName: nameOf(node),
      ttl: Duration.seconds(30),
      target: RecordTarget.fromIpAddresses(machine.instance.instancePrivateIp),
    });
    return machine;
  });
  return { securityGroup, machines };
}

const composeOf = (node: number, logGroup: string) => ({
  services: {
    eventstore: {
      image: EVENTSTORE_IMAGE,
      restart: 'unless-stopped',
      security_opt: ['no-new-privileges:true'],
      // Nodes find each other by the names of their machines.
      network_mode: 'host',
      env_file: [`${SECRETS_FOLDER}/eventstore.env`],
      environment: {
        EVENTSTORE_CLUSTER_SIZE: '3',
        EVENTSTORE_RUN_PROJECTIONS: 'None',
        EVENTSTORE_DISCOVER_VIA_DNS: 'false',
        EVENTSTORE_GOSSIP_SEED: nodes
          .filter((other) => other !== node)
          .map((other) => `${nameOf(other)}:${LOG_PORT}`)
          .join(','),
        EVENTSTORE_NODE_IP: '0.0.0.0',
        EVENTSTORE_REPLICATION_IP: '0.0.0.0',
        EVENTSTORE_NODE_HOST_ADVERTISE_AS: nameOf(node),
        EVENTSTORE_REPLICATION_HOST_ADVERTISE_AS: nameOf(node),
        EVENTSTORE_CERTIFICATE_FILE: `${SECRETS_IN_CONTAINER}/log-node.pem`,
        EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE: `${SECRETS_IN_CONTAINER}/log-node-key.pem`,
        EVENTSTORE_TRUSTED_ROOT_CERTIFICATES_PATH: `${SECRETS_IN_CONTAINER}/authorities`,
      },
      volumes: [
        `${DATA_FOLDER}/log:/var/lib/eventstore`,
        `${SECRETS_FOLDER}/log-node.pem:${SECRETS_IN_CONTAINER}/log-node.pem:ro`,
        `${SECRETS_FOLDER}/log-node-key.pem:${SECRETS_IN_CONTAINER}/log-node-key.pem:ro`,
        `${SECRETS_FOLDER}/authorities:${SECRETS_IN_CONTAINER}/authorities:ro`,
      ],
      logging: {
        driver: 'awslogs',
        options: {
          'awslogs-region': Aws.REGION,
          'awslogs-group': logGroup,
          tag: `log-node${node}`,
          mode: 'non-blocking',
        },
      },
      stop_grace_period: '60s',
    },
  },
});
