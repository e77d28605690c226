import { Aws, CfnCondition, CfnOutput, Fn, Validations } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { InstanceIdTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import type { Construct } from 'constructs';
import { watchDatabase, watchFrontDoor, watchMachine } from './alarms.ts';
import { backUp } from './backups.ts';
import { collectorConfig } from './collector.ts';
import { createDatabase, DATABASE_PORT } from './database.ts';
import { createKey, createLogGroup } from './encryption.ts';
import { EventOpsStack } from './eventops-stack.ts';
import { acknowledgeBoth } from './exceptions.ts';
import { createFrontDoor } from './front-door.ts';
import { composeOf, metricsPortOf, SECRETS_IN_CONTAINER } from './host-compose.ts';
import { createMachine, DATA_FOLDER } from './machine.ts';
import { Monitoring } from './monitoring.ts';
import { createNetwork } from './network.ts';
import { parametersOf } from './parameters.ts';
import { createPassword, createText, passwordOf } from './secrets.ts';
import { acknowledgeRotation, suppliedSecrets } from './supplied-secrets.ts';

/** One machine with every process and the servers that keep no rows, a database beside it, a load balancer in front. */
export class SingleHostStack extends EventOpsStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, 'EventOps on one machine, with RDS for its rows');
    const parameters = parametersOf(this, false);
    const key = createKey(this);
    const network = createNetwork(this, { key, hasPrivateSubnets: false });
    const monitoring = new Monitoring(this, { key, ...parameters });
    const frontDoor = createFrontDoor(this, { network, ...parameters, targetType: TargetType.INSTANCE });

    const databasePassword = createPassword(this, 'DatabasePassword', {
      key,
      description: 'User eventops of the database',
    });
    const brokerPassword = createPassword(this, 'BrokerPassword', { key, description: 'User eventops of RabbitMQ' });
    const logPassword = createPassword(this, 'LogPassword', { key, description: 'User admin of EventStoreDB' });
    const database = createDatabase(this, {
      network,
      key,
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
      multiAz: false,
      password: databasePassword,
    });
    const databaseUrl = createText(
      this,
      'DatabaseUrl',
      [
        `postgres://eventops:${passwordOf(databasePassword)}@${database.dbInstanceEndpointAddress}:${DATABASE_PORT}`,
        `/eventops?sslmode=verify-full&sslrootcert=${SECRETS_IN_CONTAINER}/database-authority.pem`,
      ],
      { key, description: 'DATABASE_URL' },
    );
    const logUrl = createText(
      this,
      'LogUrl',
      [
        `esdb://admin:${passwordOf(logPassword)}@eventstore:2113`,
        `?tls=true&tlsCAFile=${SECRETS_IN_CONTAINER}/log-authority.pem`,
      ],
      { key, description: 'EVENTSTORE_URL' },
    );
    const amqpUrl = createText(
      this,
      'AmqpUrl',
      [`amqp://eventops:${passwordOf(brokerPassword)}@rabbitmq:5672/eventops`],
      { key, description: 'AMQP_URL, between containers of one machine' },
    );
    const brokerSettings = createText(
      this,
      'BrokerSettings',
      ['default_vhost = eventops\ndefault_user = eventops\ndefault_pass = ', passwordOf(brokerPassword), '\n'],
      { key, description: "RabbitMQ's settings" },
    );
    const logSettings = createText(
      this,
      'LogSettings',
      [
        `EVENTSTORE_DEFAULT_ADMIN_PASSWORD=${passwordOf(logPassword)}\n`,
        `EVENTSTORE_DEFAULT_OPS_PASSWORD=${passwordOf(logPassword)}\n`,
      ],
      { key, description: "EventStoreDB's settings at its first start" },
    );
    acknowledgeRotation(
      databasePassword,
      brokerPassword,
      logPassword,
      databaseUrl,
      logUrl,
      amqpUrl,
      brokerSettings,
      logSettings,
    );
    const supplied = suppliedSecrets(this, parameters);

    const securityGroup = new SecurityGroup(this, 'HostGroup', {
      vpc: network,
      description: 'The machine with every process',
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(
      Peer.anyIpv4(),
      Port.HTTPS,
      'AWS, the issuer of tokens, models, and what handlers call',
    );
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.udp(53), 'Names');
    securityGroup.connections.allowFrom(frontDoor.securityGroup, Port.tcp(8_000), 'The API');
    database.connections.allowFrom(securityGroup, Port.tcp(DATABASE_PORT), 'Read tables');
    const logGroup = createLogGroup(this, 'Logs', 'processes', key);
    const hasIssuer = new CfnCondition(this, 'HasIssuer', {
      expression: Fn.conditionNot(Fn.conditionEquals(parameters.oidcIssuer, '')),
    });
    const [subnet] = network.publicSubnets;
    if (subnet === undefined) throw new Error('The network has no public subnet');
    const { instance, volumeArn } = createMachine(this, 'Host', {
      ...{ network, subnet, securityGroup, key, logGroup, volumeGiB: 50, isReachedFromOutside: true },
      instanceType: InstanceType.of(InstanceClass.M6I, InstanceSize.LARGE),
      registry: Fn.select(0, Fn.split('/', parameters.image)),
      secrets: {
        'eventstore-url': logUrl,
        'database-url': databaseUrl,
        'amqp-url': amqpUrl,
        'rabbitmq.conf': brokerSettings,
        'eventstore.env': logSettings,
        'audit-key.pem': supplied.auditKey,
        'database-authority.pem': supplied.databaseAuthority,
        'log-certificates.json': supplied.logCertificates,
      },
      compose: composeOf({
        image: parameters.image,
        logGroup: logGroup.logGroupName,
        site: {
          // Without an issuer, development tokens: a demo.
          nodeEnvironment: Fn.conditionIf(hasIssuer.logicalId, 'production', '').toString(),
          secrets: SECRETS_IN_CONTAINER,
          ...parameters,
          collector: 'http://collector:4318',
          stackName: Aws.STACK_NAME,
        },
      }),
      files: {
        'collector.json': collectorConfig({
          region: Aws.REGION,
          prometheusEndpoint: monitoring.workspace.attrPrometheusEndpoint,
          namespace: monitoring.namespace,
          logGroup: monitoring.backlog.logGroupName,
          targetsOf: (role) => ({ static_configs: [{ targets: [`127.0.0.1:${metricsPortOf(role)}`] }] }),
        }),
      },
    });
    Repository.fromRepositoryName(this, 'Images', 'eventops').grantPull(instance);
    monitoring.grantCollection(instance);
    frontDoor.targets.addTarget(new InstanceIdTarget(instance.instanceId, 8_000));
    frontDoor.securityGroup.addEgressRule(securityGroup, Port.tcp(8_000), 'The API');
    backUp(this, key, [volumeArn]);
    watchFrontDoor(monitoring, frontDoor);
    watchDatabase(monitoring, database);
    watchMachine(monitoring, 'Host', instance.instanceId, DATA_FOLDER);
    acknowledgeBoth(this);
    Validations.of(database).acknowledge({
      id: 'AwsSolutions-RDS3',
      reason:
        'One zone: the log can rebuild the rows, and ingest goes on without the database. The other flavour has two.',
    });
    new CfnOutput(this, 'LoadBalancerName', { value: frontDoor.loadBalancer.loadBalancerDnsName });
    new CfnOutput(this, 'HostId', { value: instance.instanceId });
    new CfnOutput(this, 'ApiUrl', { value: `https://${parameters.domainName}` });
  }
}
