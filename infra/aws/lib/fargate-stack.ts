import { Aws, CfnOutput } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, Port } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerInsights, type FargateService } from 'aws-cdk-lib/aws-ecs';
import { TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Role } from '../../../src/cli/program.ts';
import { partsOfRole } from '../../../src/main/parts.ts';
import { watchDatabase, watchFrontDoor, watchMachine } from './alarms.ts';
import { createAuditBucket, permitTiles } from './audit-bucket.ts';
import { backUp } from './backups.ts';
import { AMQPS_PORT, createBroker } from './broker.ts';
import { METRICS_PORT } from './collector.ts';
import { createCollectorService, OTLP_PORT, TASKS_ZONE } from './collector-service.ts';
import { createDatabase, DATABASE_PORT } from './database.ts';
import { createKey, createLogGroup } from './encryption.ts';
import { roles } from './environment.ts';
import { EventOpsStack } from './eventops-stack.ts';
import { acknowledgeBoth } from './exceptions.ts';
import { createFrontDoor } from './front-door.ts';
import { createLogCluster, LOG_PORT, type LogCluster, logNodes } from './log-cluster.ts';
import { DATA_FOLDER } from './machine.ts';
import { Monitoring } from './monitoring.ts';
import { createNetwork } from './network.ts';
import { parametersOf } from './parameters.ts';
import { createRoleService, SECRETS_IN_TASK, type ServiceSurroundings } from './role-service.ts';
import { scaleByBacklog, scaleByRequests } from './scaling.ts';
import { createPassword, createText, passwordOf } from './secrets.ts';
import { acknowledgeRotation, suppliedSecrets } from './supplied-secrets.ts';

/** How much of the processor (1024 is one core), of memory, and how many, before anything is scaled. */
const sizes: Readonly<Record<Role, { readonly cpu: number; readonly memoryMiB: number; readonly count: number }>> = {
  api: { cpu: 1_024, memoryMiB: 2_048, count: 2 },
  projector: { cpu: 512, memoryMiB: 1_024, count: 2 },
  dispatcher: { cpu: 512, memoryMiB: 1_024, count: 2 },
  worker: { cpu: 1_024, memoryMiB: 2_048, count: 2 },
  anchor: { cpu: 256, memoryMiB: 1_024, count: 2 },
  explainer: { cpu: 256, memoryMiB: 1_024, count: 1 },
};

interface FargateProps {
  /** Where the log is a cluster of someone else: the secret with its URL, `esdb+discover://…?tls=true`. */
  readonly managedLogUrlSecretArn?: string;
}

/** Each role a service of its own that scales apart, and every server in several zones. */
export class FargateStack extends EventOpsStack {
  constructor(scope: Construct, id: string, { managedLogUrlSecretArn }: FargateProps = {}) {
    super(scope, id, 'EventOps on Fargate, with RDS, Amazon MQ and EventStoreDB in three zones');
    const parameters = parametersOf(this, true);
    const key = createKey(this);
    const network = createNetwork(this, { key, hasPrivateSubnets: true });
    const monitoring = new Monitoring(this, { key, ...parameters });
    const frontDoor = createFrontDoor(this, { network, ...parameters, targetType: TargetType.IP });
    const logGroup = createLogGroup(this, 'Logs', 'processes', key);
    const supplied = suppliedSecrets(this, parameters);

    const databasePassword = createPassword(this, 'DatabasePassword', {
      key,
      description: 'User eventops of the database',
    });
    const brokerPassword = createPassword(this, 'BrokerPassword', { key, description: 'User eventops of RabbitMQ' });
    acknowledgeRotation(databasePassword, brokerPassword);
    const database = createDatabase(this, {
      ...{ network, key, multiAz: true, password: databasePassword },
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM),
    });
    const broker = createBroker(this, network, brokerPassword);
    const databaseUrl = createText(
      this,
      'DatabaseUrl',
      [
        `postgres://eventops:${passwordOf(databasePassword)}@${database.dbInstanceEndpointAddress}:${DATABASE_PORT}`,
        `/eventops?sslmode=verify-full&sslrootcert=${SECRETS_IN_TASK}/database-authority.pem`,
      ],
      { key, description: 'DATABASE_URL' },
    );
    const amqpUrl = createText(
      this,
      'AmqpUrl',
      [`amqps://eventops:${passwordOf(brokerPassword)}@${broker.endpoint}/`],
      { key, description: 'AMQP_URL' },
    );
    acknowledgeRotation(databaseUrl, amqpUrl);
    const log =
      managedLogUrlSecretArn === undefined
        ? this.#ownLog({ network, key, logGroup, certificates: supplied.logCertificates })
        : { url: Secret.fromSecretCompleteArn(this, 'LogUrl', managedLogUrlSecretArn), cluster: null };

    const cluster = new Cluster(this, 'Cluster', {
      vpc: network,
      containerInsightsV2: ContainerInsights.ENABLED,
      defaultCloudMapNamespace: { name: TASKS_ZONE },
    });
    const collector = createCollectorService(this, { network, cluster, logGroup }, monitoring);
    const audit = createAuditBucket(this, key, frontDoor.accessLogs);
    const surroundings: ServiceSurroundings = {
      ...{ network, cluster, logGroup, image: parameters.image },
      images: Repository.fromRepositoryName(this, 'Images', 'eventops'),
      site: {
        ...parameters,
        ...{ nodeEnvironment: 'production', auditBucket: audit.bucketName },
        secrets: SECRETS_IN_TASK,
        collector: `http://collector.${TASKS_ZONE}:${OTLP_PORT}`,
        stackName: Aws.STACK_NAME,
      },
    };
    const secretsOf = (role: Role): Record<string, ISecret> => ({
      'eventstore-url': log.url,
      log_certificates: supplied.logCertificates,
      ...(partsOfRole[role].includes('read tables')
        ? { 'database-url': databaseUrl, 'database-authority.pem': supplied.databaseAuthority }
        : {}),
      ...(partsOfRole[role].includes('commands') ? { 'amqp-url': amqpUrl } : {}),
      ...(role === 'anchor' ? { 'audit-key.pem': supplied.auditKey } : {}),
    });
    const services = new Map<Role, FargateService>();
    for (const role of roles) {
      const service = createRoleService(this, { ...surroundings, role, ...sizes[role], secrets: secretsOf(role) });
      services.set(role, service);
      if (role === 'anchor' || role === 'api')
        permitTiles(service.taskDefinition, { audit, key, writes: role === 'anchor' });
      const to = service.connections;
      to.allowFrom(collector, Port.tcp(METRICS_PORT), 'Metrics');
      to.allowTo(collector, Port.tcp(OTLP_PORT), 'Traces');
      if (log.cluster !== null) to.allowTo(log.cluster.securityGroup, Port.tcp(LOG_PORT), 'The log');
      if (partsOfRole[role].includes('read tables')) to.allowTo(database, Port.tcp(DATABASE_PORT), 'Read tables');
      if (partsOfRole[role].includes('commands')) to.allowTo(broker.securityGroup, Port.tcp(AMQPS_PORT), 'Commands');
    }
    const api = services.get('api');
    const worker = services.get('worker');
    if (api === undefined || worker === undefined) throw new Error('There is no service for the API or the workers');
    frontDoor.targets.addTarget(api.loadBalancerTarget({ containerName: 'process', containerPort: 8_000 }));
    scaleByRequests(api, frontDoor.targets);
    scaleByBacklog(worker, monitoring.namespace);
    backUp(this, key, log.cluster?.machines.map(({ volumeArn }) => volumeArn) ?? []);
    watchFrontDoor(monitoring, frontDoor);
    watchDatabase(monitoring, database);
    for (const [index, { instance }] of (log.cluster?.machines ?? []).entries())
      watchMachine(monitoring, `LogNode${index + 1}`, instance.instanceId, DATA_FOLDER);
    acknowledgeBoth(this);
    new CfnOutput(this, 'LoadBalancerName', { value: frontDoor.loadBalancer.loadBalancerDnsName });
    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
    new CfnOutput(this, 'AuditBucket', { value: audit.bucketName });
    new CfnOutput(this, 'ApiUrl', { value: `https://${parameters.domainName}` });
  }

  #ownLog(given: Omit<Parameters<typeof createLogCluster>[1], 'settings'>): { url: ISecret; cluster: LogCluster } {
    const { key } = given;
    const password = createPassword(this, 'LogPassword', { key, description: 'User admin of EventStoreDB' });
    const settings = createText(
      this,
      'LogSettings',
      [
        `EVENTSTORE_DEFAULT_ADMIN_PASSWORD=${passwordOf(password)}\n`,
        `EVENTSTORE_DEFAULT_OPS_PASSWORD=${passwordOf(password)}\n`,
      ],
      { key, description: "EventStoreDB's settings at its first start" },
    );
    const url = createText(
      this,
      'LogUrl',
      [
        `esdb://admin:${passwordOf(password)}@${logNodes.join(',')}?tls=true&tlsCAFile=${SECRETS_IN_TASK}/log-authority.pem`,
      ],
      { key, description: 'EVENTSTORE_URL' },
    );
    acknowledgeRotation(password, settings, url);
    return { url, cluster: createLogCluster(this, { ...given, settings }) };
  }
}
