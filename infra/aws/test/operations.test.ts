import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { fargate, flavours, ofType, singleHost } from './templates.ts';

describe.each(flavours.map((flavour) => [flavour.name, flavour] as const))('%s', (_, flavour) => {
  const { template } = flavour;

  it('keeps the log, the database, backups and keys when the stack is deleted', () => {
    for (const type of ['AWS::EC2::Volume', 'AWS::Backup::BackupVault', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret'])
      for (const [id, { DeletionPolicy }] of ofType(flavour, type)) expect(DeletionPolicy, id).toBe('Retain');
    template.hasResource('AWS::RDS::DBInstance', {
      DeletionPolicy: 'Snapshot',
      Properties: { DeletionProtection: true },
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'deletion_protection.enabled', Value: 'true' }]),
    });
  });

  it('backs the database up for two weeks, and every volume of the log each hour and each night', () => {
    template.hasResourceProperties('AWS::RDS::DBInstance', {
      BackupRetentionPeriod: 14,
      DeleteAutomatedBackups: false,
    });
    template.hasResourceProperties('AWS::Backup::BackupPlan', {
      BackupPlan: {
        BackupPlanRule: [
          Match.objectLike({ ScheduleExpression: 'cron(0 * * * ? *)', Lifecycle: { DeleteAfterDays: 7 } }),
          Match.objectLike({ Lifecycle: { DeleteAfterDays: 35 } }),
        ],
      },
    });
    const [selection] = ofType(flavour, 'AWS::Backup::BackupSelection');
    for (const [id] of ofType(flavour, 'AWS::EC2::Volume')) expect(JSON.stringify(selection)).toContain(`"${id}"`);
    template.hasResourceProperties('AWS::Backup::BackupVault', { LockConfiguration: { MinRetentionDays: 7 } });
  });

  it('raises the alarms of the rules that Prometheus has elsewhere, unchanged', () => {
    const rules = readFileSync(join(import.meta.dirname, '../../prometheus/rules.yml'), 'utf8');
    template.hasResourceProperties('AWS::APS::RuleGroupsNamespace', { Data: rules });
    template.hasResourceProperties('AWS::APS::Workspace', { AlertManagerDefinition: Match.anyValue() });
    expect(JSON.stringify(ofType(flavour, 'AWS::APS::Workspace'))).toContain('sns_configs');
  });

  it('has every alarm write when it begins and when it is over', () => {
    const alarms = ofType(flavour, 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) =>
        Properties['Namespace'] !== undefined && !JSON.stringify(Properties).includes('ScalingPolicy'),
    );
    const written = alarms.filter(([id]) => !/Backlog|Requests/.test(id));
    expect(written.length).toBeGreaterThan(4);
    for (const [id, { Properties }] of written) {
      expect(Properties['AlarmActions'], id).toEqual(Properties['OKActions']);
      expect(Properties['AlarmDescription'], id).toBeTypeOf('string');
    }
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: { Ref: 'AlertEmail' } });
  });

  it('writes to a person before a month costs what the budget says', () => {
    template.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { BudgetType: 'COST', BudgetLimit: { Amount: { Ref: 'MonthlyBudgetUsd' }, Unit: 'USD' } },
      NotificationsWithSubscribers: Match.arrayWith([
        Match.objectLike({ Notification: Match.objectLike({ Threshold: 80, NotificationType: 'ACTUAL' }) }),
      ]),
    });
  });

  it('tags what can be tagged', () => {
    for (const type of [
      'AWS::RDS::DBInstance',
      'AWS::EC2::Volume',
      'AWS::S3::Bucket',
      'AWS::EC2::VPC',
      'AWS::KMS::Key',
    ])
      for (const [id, { Properties }] of ofType(flavour, type))
        expect(Properties['Tags'], id).toContainEqual({ Key: 'application', Value: 'eventops' });
  });

  it('needs no file but its template', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(
      /cdk-hnb659fds|AssetParameters|Custom::|AWS::Lambda::Function/,
    );
  });

  it('sends metrics to the workspace, the backlog to CloudWatch and traces to X-Ray', () => {
    const text = JSON.stringify(flavour.resources);
    for (const part of ['prometheusremotewrite', 'awsemf', 'awsxray', 'eventops_due_work'])
      expect(text).toContain(part);
  });
});

describe('fargate', () => {
  it('replaces processes without having fewer meanwhile, so that no post is refused', () => {
    const services = ofType(fargate, 'AWS::ECS::Service').filter(([id]) => !id.startsWith('Collector'));
    expect(services).toHaveLength(6);
    for (const [id, { Properties }] of services)
      expect(Properties['DeploymentConfiguration'], id).toMatchObject({
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      });
  });

  it('scales APIs by requests and workers by the events that wait', () => {
    fargate.template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: Match.objectLike({
        PredefinedMetricSpecification: Match.objectLike({ PredefinedMetricType: 'ALBRequestCountPerTarget' }),
      }),
    });
    fargate.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'eventops_due_work',
      Statistic: 'Maximum',
      Dimensions: [{ Name: 'status', Value: 'command' }],
    });
  });
});

describe('single-host', () => {
  it('is one machine with one volume', () => {
    expect(ofType(singleHost, 'AWS::EC2::Instance')).toHaveLength(1);
    expect(ofType(singleHost, 'AWS::EC2::Volume')).toHaveLength(1);
  });
});
