import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * The log's volumes each hour, kept for a week, and each night, kept for five weeks. A snapshot is one moment of a whole
 * volume, which is what EventStoreDB asks of it. Backups cannot be deleted for the first days, by no role.
 */
export function backUp(scope: Construct, key: Key, volumeArns: readonly string[]): void {
  const vault = new BackupVault(scope, 'Backups', {
    encryptionKey: key,
    removalPolicy: RemovalPolicy.RETAIN,
    lockConfiguration: { minRetention: Duration.days(7), maxRetention: Duration.days(60) },
  });
  const plan = new BackupPlan(scope, 'BackupPlan', { backupVault: vault });
  plan.addRule(
    new BackupPlanRule({
      ruleName: 'hourly',
      scheduleExpression: Schedule.cron({ minute: '0' }),
      startWindow: Duration.hours(1),
      completionWindow: Duration.hours(4),
      deleteAfter: Duration.days(7),
    }),
  );
  plan.addRule(
    new BackupPlanRule({
      ruleName: 'nightly',
      scheduleExpression: Schedule.cron({ minute: '30', hour: '3' }),
      deleteAfter: Duration.days(35),
    }),
  );
  const selection = plan.addSelection('Volumes', {
    resources: volumeArns.map((arn) => BackupResource.fromArn(arn)),
    allowRestores: false,
  });
  Validations.of(selection).acknowledge({
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]',
    reason: 'What AWS Backup needs for a snapshot is kept up to date by AWS in this policy, for its own service alone.',
  });
}
