import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Aws, Duration, RemovalPolicy, Size, Stack, Validations } from 'aws-cdk-lib';
import {
  BlockDeviceVolume,
  type CfnInstance,
  CfnVolumeAttachment,
  CloudFormationInit,
  EbsDeviceVolumeType,
  HttpTokens,
  InitCommand,
  InitFile,
  InitPackage,
  Instance,
  type InstanceType,
  type ISubnet,
  MachineImage,
  type SecurityGroup,
  Volume,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** Where the volume with the log is mounted. */
export const DATA_FOLDER = '/var/lib/eventops';
/** In memory: what is secret is on no disk. */
export const SECRETS_FOLDER = '/run/eventops';

interface Given {
  readonly network: Vpc;
  readonly subnet: ISubnet;
  readonly isReachedFromOutside: boolean;
  readonly securityGroup: SecurityGroup;
  readonly instanceType: InstanceType;
  readonly key: Key;
  readonly volumeGiB: number;
  readonly logGroup: LogGroup;
  /** Files that containers are given, each with the secret that is its content. */
  readonly secrets: Readonly<Record<string, ISecret>>;
  /** What runs, as Docker Compose reads it. */
  readonly compose: object;
  /** Where its images come from, besides public ones. */
  readonly registry?: string;
  /** More files beside it. */
  readonly files?: Readonly<Record<string, object>>;
}

export interface Machine {
  readonly instance: Instance;
  readonly volumeArn: string;
}

const hostFile = (name: string) => readFileSync(join(import.meta.dirname, '../host', name), 'utf8');
const executable = { mode: '000755' };

/**
 * A machine with Docker Compose and a volume of its own, entered through Systems Manager. The machine can be replaced; the volume
 * stays, also when the stack is deleted.
 */
export function createMachine(scope: Construct, id: string, given: Given): Machine {
  const { network, subnet, securityGroup, instanceType, key, logGroup, secrets } = given;
  const instance = new Instance(scope, id, {
    vpc: network,
    vpcSubnets: { subnets: [subnet] },
    associatePublicIpAddress: given.isReachedFromOutside,
    securityGroup,
    instanceType,
    machineImage: MachineImage.latestAmazonLinux2023({ cachedInContext: false }),
    httpTokens: HttpTokens.REQUIRED,
    // From the machine itself alone: what runs in a container has no role, handlers above all.
    httpPutResponseHopLimit: 1,
    detailedMonitoring: true,
    blockDevices: [
      {
        deviceName: '/dev/xvda',
        volume: BlockDeviceVolume.ebs(20, { encrypted: true, kmsKey: key, volumeType: EbsDeviceVolumeType.GP3 }),
      },
    ],
    init: CloudFormationInit.fromElements(
      InitPackage.yum('docker'),
      InitPackage.yum('amazon-cloudwatch-agent'),
      InitFile.fromObject('/opt/eventops/compose.json', given.compose),
      InitFile.fromObject('/opt/eventops/cloudwatch-agent.json', agentConfig),
      InitFile.fromString('/opt/eventops/secrets.list', listOf(secrets)),
      InitFile.fromString('/opt/eventops/host.env', `REGION=${Aws.REGION}\nREGISTRY=${given.registry ?? ''}\n`),
      ...Object.entries(given.files ?? {}).map(([name, content]) =>
        InitFile.fromObject(`/opt/eventops/${name}`, content),
      ),
      ...['install', 'mount-volume', 'fetch-secrets'].map((name) =>
        InitFile.fromString(`/opt/eventops/${name}`, hostFile(name), executable),
      ),
      InitFile.fromString('/etc/systemd/system/eventops.service', hostFile('eventops.service')),
      InitCommand.argvCommand(['/opt/eventops/install']),
    ),
    // A change of the files is applied by `cfn-init` on the machine, not by another machine.
    initOptions: { timeout: Duration.minutes(15), embedFingerprint: false },
    userDataCausesReplacement: false,
  });
  (instance.node.defaultChild as CfnInstance).disableApiTermination = true;
  const volumeArn = attachVolume(scope, id, { instance, subnet, key, gib: given.volumeGiB });
  allow(instance, logGroup);
  for (const secret of Object.values(secrets)) secret.grantRead(instance);
  return { instance, volumeArn };
}

function attachVolume(
  scope: Construct,
  id: string,
  { instance, subnet, key, gib }: { instance: Instance; subnet: ISubnet; key: Key; gib: number },
): string {
  const volume = new Volume(scope, `${id}Volume`, {
    availabilityZone: subnet.availabilityZone,
    size: Size.gibibytes(gib),
    encrypted: true,
    encryptionKey: key,
    volumeType: EbsDeviceVolumeType.GP3,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  new CfnVolumeAttachment(scope, `${id}Attachment`, {
    device: '/dev/sdf',
    instanceId: instance.instanceId,
    volumeId: volume.volumeId,
  });
  return Stack.of(scope).formatArn({
    service: 'ec2',
    resource: 'volume',
    resourceName: volume.volumeId,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

function allow(instance: Instance, logGroup: LogGroup): void {
  const add = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
    instance.addToRolePolicy(new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }));
  instance.role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'));
  add(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
  add(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': 'CWAgent' } });
  Validations.of(instance).acknowledge(
    {
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]',
      reason: 'What Systems Manager needs is kept up to date by AWS in this policy; it opens nothing else.',
    },
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'PutMetricData has no resources and is bound to the namespace of the agent by a condition.',
    },
  );
}

/** One file and one secret a line. */
const listOf = (secrets: Readonly<Record<string, ISecret>>) =>
  Object.entries(secrets)
    .map(([file, secret]) => `${file} ${secret.secretArn}\n`)
    .join('');

/** What only the machine itself knows. */
const agentConfig = {
  agent: { metrics_collection_interval: 60, run_as_user: 'cwagent' },
  metrics: {
    namespace: 'CWAgent',
    append_dimensions: { InstanceId: '${aws:InstanceId}' },
    metrics_collected: {
      disk: { measurement: ['used_percent'], resources: ['/', DATA_FOLDER], drop_device: true },
      mem: { measurement: ['used_percent'] },
    },
  },
};
