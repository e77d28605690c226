import { FlowLogDestination, GatewayVpcEndpointAwsService, IpAddresses, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { createLogGroup } from './encryption.ts';

export const NETWORK = '10.20.0.0/16';

interface Given {
  readonly key: Key;
  /** Whether processes have subnets of their own, which reach outside through a gateway and are not reached from there. */
  readonly hasPrivateSubnets: boolean;
}

/** In three zones. Databases are in subnets from which no way leads outside. */
export const createNetwork = (scope: Construct, { key, hasPrivateSubnets }: Given): Vpc =>
  new Vpc(scope, 'Network', {
    ipAddresses: IpAddresses.cidr(NETWORK),
    maxAzs: 3,
    natGateways: hasPrivateSubnets ? 1 : 0,
    subnetConfiguration: [
      { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 22, mapPublicIpOnLaunch: false },
      ...(hasPrivateSubnets ? [{ name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 }] : []),
      { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 22 },
    ],
    // It would take code of the CDK's that has to be uploaded; no resource of ours is in the default group.
    restrictDefaultSecurityGroup: false,
    flowLogs: {
      all: { destination: FlowLogDestination.toCloudWatchLogs(createLogGroup(scope, 'Flows', 'flows', key)) },
    },
    gatewayEndpoints: { s3: { service: GatewayVpcEndpointAwsService.S3 } },
  });
