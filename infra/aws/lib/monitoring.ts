import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { CfnRuleGroupsNamespace, CfnWorkspace } from 'aws-cdk-lib/aws-aps';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Alarm, type AlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { createLogGroup } from './encryption.ts';

interface Given {
  readonly key: Key;
  readonly alertEmail: string;
  readonly monthlyBudget: number;
}

const rules = readFileSync(join(import.meta.dirname, '../../prometheus/rules.yml'), 'utf8');

/** The same alert rules as everywhere, in a workspace for Prometheus, and CloudWatch's alarms for what only AWS knows. */
export class Monitoring {
  readonly workspace: CfnWorkspace;
  readonly topic: Topic;
  readonly backlog: LogGroup;
  readonly namespace: string;
  readonly #scope: Construct;

  constructor(scope: Construct, { key, alertEmail, monthlyBudget }: Given) {
    this.#scope = scope;
    this.namespace = `EventOps/${Stack.of(scope).stackName}`;
    this.backlog = createLogGroup(scope, 'Backlog', 'backlog', key);
    this.topic = new Topic(scope, 'Alarms', { masterKey: key, enforceSSL: true });
    this.topic.addSubscription(new EmailSubscription(alertEmail));
    this.workspace = new CfnWorkspace(scope, 'Metrics', {
      alias: Stack.of(scope).stackName,
      kmsKeyArn: key.keyArn,
      alertManagerDefinition: alertManager(this.topic.topicArn),
      loggingConfiguration: { logGroupArn: createLogGroup(scope, 'Rules', 'rules', key).logGroupArn },
    });
    new CfnRuleGroupsNamespace(scope, 'AlertRules', {
      workspace: this.workspace.attrArn,
      name: 'eventops',
      data: rules,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('aps.amazonaws.com')],
        actions: ['sns:Publish', 'sns:GetTopicAttributes'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    limitCosts(scope, alertEmail, monthlyBudget);
  }

  /** An alarm of CloudWatch: writes when it begins and when it is over. */
  alarm(id: string, props: AlarmProps): void {
    const alarm = new Alarm(this.#scope, id, props);
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }

  /** What a collector may do. */
  grantCollection(grantee: IGrantable & Construct): void {
    const add = (actions: string[], resources: string[]) =>
      grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
    add(['aps:RemoteWrite'], [this.workspace.attrArn]);
    add(['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], [this.backlog.logGroupArn]);
    add(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);
    Validations.of(grantee).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources: its two actions, and those of a log in to the registry, take nothing but *.',
    });
  }
}

const alertManager = (topicArn: string) => `alertmanager_config: |
  route:
    receiver: alarms
    group_by: [alertname]
    group_wait: 30s
    repeat_interval: 4h
  receivers:
    - name: alarms
      sns_configs:
        - topic_arn: ${topicArn}
          send_resolved: true
          sigv4:
            region: ${Aws.REGION}
`;

/** Of the whole account: what a stack brings along, such as traffic and logs, is billed without its tags in part. */
function limitCosts(scope: Construct, email: string, monthlyBudget: number): void {
  const over = (threshold: number, notificationType: 'ACTUAL' | 'FORECASTED') => ({
    notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
    subscribers: [{ subscriptionType: 'EMAIL', address: email }],
  });
  new CfnBudget(scope, 'Budget', {
    budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount: monthlyBudget, unit: 'USD' } },
    notificationsWithSubscribers: [over(80, 'ACTUAL'), over(100, 'ACTUAL'), over(100, 'FORECASTED')],
  });
}
