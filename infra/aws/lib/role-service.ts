import { Duration, Validations } from 'aws-cdk-lib';
import { Port, SecurityGroup, SubnetType, type Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import {
  AwsLogDriverMode,
  type Cluster,
  ContainerDependencyCondition,
  ContainerImage,
  Secret as ContainerSecret,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { DnsRecordType } from 'aws-cdk-lib/aws-servicediscovery';
import type { Construct } from 'constructs';
import type { Role } from '../../../src/cli/program.ts';
import { METRICS_PORT } from './collector.ts';
import { environmentOf, type Site } from './environment.ts';

/** The image has it as a volume of its user, so that a task's volume there is that user's, too. */
export const DATA_IN_CONTAINER = '/data';
export const SECRETS_IN_TASK = `${DATA_IN_CONTAINER}/secrets`;

/** What is in the environment as `FILE_<name>` becomes a file of that name, for this user alone. */
const writeFiles = `
const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('${SECRETS_IN_TASK}', { mode: 0o700, recursive: true });
for (const [name, text] of Object.entries(process.env).filter(([name]) => name.startsWith('FILE_')))
  writeFileSync('${SECRETS_IN_TASK}/' + name.slice(5), text, { mode: 0o400, flag: 'w' });
const { FILE_log_certificates } = process.env;
if (FILE_log_certificates)
  writeFileSync('${SECRETS_IN_TASK}/log-authority.pem', JSON.parse(FILE_log_certificates).authority, { mode: 0o400 });
`;

export interface ServiceSurroundings {
  readonly network: Vpc;
  readonly cluster: Cluster;
  readonly image: string;
  readonly images: IRepository;
  readonly logGroup: LogGroup;
  readonly site: Site;
}

interface Given extends ServiceSurroundings {
  readonly role: Role;
  readonly count: number;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** By the names of their files. */
  readonly secrets: Readonly<Record<string, ISecret>>;
}

/** The processes of one role. Secrets reach them as files: the environment that is shown of a task has none. */
export function createRoleService(scope: Construct, given: Given): FargateService {
  const { role, network, cluster, images, logGroup, secrets, site } = given;
  const id = role.charAt(0).toUpperCase() + role.slice(1);
  const task = new FargateTaskDefinition(scope, `${id}Task`, {
    cpu: given.cpu,
    memoryLimitMiB: given.memoryMiB,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.X86_64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    volumes: [{ name: 'data' }],
  });
  images.grantPull(task.obtainExecutionRole());
  const image = ContainerImage.fromRegistry(given.image);
  const logging = LogDrivers.awsLogs({ logGroup, streamPrefix: role, mode: AwsLogDriverMode.NON_BLOCKING });
  const common = { image, logging, readonlyRootFilesystem: true, user: 'node' };
  const files = task.addContainer('files', {
    ...common,
    essential: false,
    entryPoint: ['node', '-e', writeFiles],
    command: [],
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([name, secret]) => [`FILE_${name}`, ContainerSecret.fromSecretsManager(secret)]),
    ),
  });
  const process = task.addContainer('process', {
    ...common,
    command: ['start', '--roles', role],
    // Its files are on the task's volume, as the rest cannot be written to.
    environment: { ...environmentOf(role, site), TMPDIR: DATA_IN_CONTAINER },
    portMappings: [{ containerPort: METRICS_PORT }, ...(role === 'api' ? [{ containerPort: 8_000 }] : [])],
    stopTimeout: Duration.seconds(30),
    healthCheck: {
      command: [
        'CMD',
        ...['node', '-e'],
        `fetch('http://127.0.0.1:${METRICS_PORT}/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))`,
      ],
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      retries: 5,
      startPeriod: Duration.seconds(60),
    },
  });
  for (const container of [files, process])
    container.addMountPoints({ containerPath: DATA_IN_CONTAINER, sourceVolume: 'data', readOnly: false });
  process.addContainerDependencies({ container: files, condition: ContainerDependencyCondition.SUCCESS });
  Validations.of(task).acknowledge(
    {
      id: 'AwsSolutions-ECS2',
      reason:
        'What is in the environment are settings without secrets; they change with the image and stand beside it.',
    },
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'A log in to the registry (ecr:GetAuthorizationToken) has no resource.',
    },
  );
  const securityGroup = new SecurityGroup(scope, `${id}Group`, {
    vpc: network,
    description: `Processes of the role ${role}`,
    allowAllOutbound: false,
  });
  const service = new FargateService(scope, id, {
    cluster,
    taskDefinition: task,
    desiredCount: given.count,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    assignPublicIp: false,
    securityGroups: [securityGroup],
    // New processes first: no post is refused meanwhile, and a lease chooses who of two works.
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
    enableExecuteCommand: false,
    ...(role === 'api' ? { healthCheckGracePeriod: Duration.seconds(60) } : {}),
    cloudMapOptions: { name: role, dnsRecordType: DnsRecordType.A, dnsTtl: Duration.seconds(10) },
  });
  service.connections.allowToAnyIpv4(Port.HTTPS, 'AWS, the issuer of tokens, models, and what handlers call');
  return service;
}
