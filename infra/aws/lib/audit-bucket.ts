import { type CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** For full tiles of the audit tree: what is written here cannot be changed or deleted for a year, by no one in the account. */
export const createAuditBucket = (scope: Construct, key: Key, accessLogs: Bucket): Bucket =>
  new Bucket(scope, 'Audit', {
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(365)),
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: 'audit/',
    removalPolicy: RemovalPolicy.RETAIN,
  });

/** Without the list, what is absent is answered as forbidden. */
export function permitTiles(
  task: TaskDefinition,
  { audit, key, writes }: { readonly audit: Bucket; readonly key: Key; readonly writes: boolean },
): void {
  const allow = (actions: string[], resource: string) =>
    task.addToTaskRolePolicy(new PolicyStatement({ effect: Effect.ALLOW, actions, resources: [resource] }));
  allow(['s3:ListBucket'], audit.bucketArn);
  allow(['s3:GetObject', ...(writes ? ['s3:PutObject'] : [])], audit.arnForObjects('*'));
  allow(['kms:Decrypt', ...(writes ? ['kms:GenerateDataKey'] : [])], key.keyArn);
  Validations.of(task).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${nameInTemplate(audit)}.Arn>/*]`,
    reason: 'Tiles are objects of this one bucket, whose names come with the tree.',
  });
}

const nameInTemplate = (bucket: Bucket) => Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnElement);
