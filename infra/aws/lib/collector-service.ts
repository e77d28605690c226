import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  AwsLogDriverMode,
  ContainerImage,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import { DnsRecordType } from 'aws-cdk-lib/aws-servicediscovery';
import type { Construct } from 'constructs';
import { COLLECTOR_IMAGE, collectorConfig, METRICS_PORT } from './collector.ts';
import type { Monitoring } from './monitoring.ts';
import type { ServiceSurroundings } from './role-service.ts';

export const TASKS_ZONE = 'tasks.eventops.internal';
export const OTLP_PORT = 4_318;

/** One collector for all processes. While it is replaced, spans are lost and alarms wait; nothing else does. */
export function createCollectorService(
  scope: Construct,
  { network, cluster, logGroup }: Pick<ServiceSurroundings, 'network' | 'cluster' | 'logGroup'>,
  monitoring: Monitoring,
): FargateService {
  const task = new FargateTaskDefinition(scope, 'CollectorTask', { cpu: 256, memoryLimitMiB: 512 });
  monitoring.grantCollection(task.taskRole);
  task.addContainer('collector', {
    image: ContainerImage.fromRegistry(COLLECTOR_IMAGE),
    logging: LogDrivers.awsLogs({ logGroup, streamPrefix: 'collector', mode: AwsLogDriverMode.NON_BLOCKING }),
    readonlyRootFilesystem: true,
    portMappings: [{ containerPort: OTLP_PORT }],
    environment: {
      // The variable from which this image takes its configuration.
      AOT_CONFIG_CONTENT: Stack.of(scope).toJsonString(
        collectorConfig({
          region: Aws.REGION,
          prometheusEndpoint: monitoring.workspace.attrPrometheusEndpoint,
          namespace: monitoring.namespace,
          logGroup: monitoring.backlog.logGroupName,
          targetsOf: (role) => ({
            dns_sd_configs: [
              { names: [`${role}.${TASKS_ZONE}`], type: 'A', port: METRICS_PORT, refresh_interval: '10s' },
            ],
          }),
        }),
      ),
    },
  });
  Validations.of(task).acknowledge({
    id: 'AwsSolutions-ECS2',
    reason: "It is the collector's configuration, which has no secret.",
  });
  const securityGroup = new SecurityGroup(scope, 'CollectorGroup', {
    vpc: network,
    description: 'The collector of metrics and traces',
    allowAllOutbound: false,
  });
  const service = new FargateService(scope, 'Collector', {
    cluster,
    taskDefinition: task,
    desiredCount: 1,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    assignPublicIp: false,
    securityGroups: [securityGroup],
    minHealthyPercent: 0,
    maxHealthyPercent: 100,
    circuitBreaker: { rollback: true },
    cloudMapOptions: { name: 'collector', dnsRecordType: DnsRecordType.A, dnsTtl: Duration.seconds(10) },
  });
  service.connections.allowToAnyIpv4(Port.HTTPS, 'Where metrics and traces go');
  return service;
}
