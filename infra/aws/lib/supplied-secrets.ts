import { Validations } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Parameters } from './parameters.ts';

export interface SuppliedSecrets {
  readonly auditKey: ISecret;
  readonly databaseAuthority: ISecret;
  readonly logCertificates: ISecret;
}

/** What is made on a laptop before, with the commands of docs/deploy-aws.md. */
export const suppliedSecrets = (scope: Construct, parameters: Parameters): SuppliedSecrets => ({
  auditKey: Secret.fromSecretCompleteArn(scope, 'AuditKey', parameters.auditKeySecretArn),
  databaseAuthority: Secret.fromSecretCompleteArn(scope, 'DatabaseAuthority', parameters.databaseAuthoritySecretArn),
  logCertificates: Secret.fromSecretCompleteArn(scope, 'LogCertificates', parameters.logCertificatesSecretArn),
});

/** Of secrets that are made by a stack. */
export function acknowledgeRotation(...secrets: readonly Secret[]): void {
  for (const secret of secrets)
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A rotation changes a server, its URL and the processes that read it at their start: docs/deploy-aws.md has the commands, in the order that refuses no post.',
    });
}
