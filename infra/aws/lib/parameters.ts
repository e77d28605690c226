import { CfnParameter, type Stack } from 'aws-cdk-lib';

/** What whoever deploys has to decide: docs/deploy-aws.md says where each comes from. */
export interface Parameters {
  readonly image: string;
  readonly certificateArn: string;
  readonly domainName: string;
  readonly clients: string;
  readonly oidcIssuer: string;
  readonly oidcAudience: string;
  readonly auditOrigin: string;
  readonly alertEmail: string;
  readonly monthlyBudget: number;
  readonly auditKeySecretArn: string;
  readonly databaseAuthoritySecretArn: string;
  readonly logCertificatesSecretArn: string;
}

const secretArn = '^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$';

export function parametersOf(stack: Stack, isIssuerNeeded: boolean): Parameters {
  const text = (id: string, description: string, allowedPattern: string, fallback?: string) =>
    new CfnParameter(stack, id, {
      description,
      allowedPattern,
      constraintDescription: `must match ${allowedPattern}`,
      ...(fallback === undefined ? {} : { default: fallback }),
    }).valueAsString;
  return {
    image: text(
      'ImageUri',
      "EventOps' image in this account's repository, by tag or digest",
      '^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/eventops(:[\\w][\\w.-]{0,127}|@sha256:[0-9a-f]{64})$',
    ),
    certificateArn: text(
      'CertificateArn',
      'Certificate of the domain name, in Certificate Manager of this region',
      '^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$',
    ),
    domainName: text('DomainName', 'Name under which clients reach the API', '^[a-z0-9-]+(\\.[a-z0-9-]+)+$'),
    clients: text('ClientNetwork', 'Network that may reach the API', '^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$'),
    oidcIssuer: isIssuerNeeded
      ? text('OidcIssuer', 'OIDC issuer whose tokens are taken', '^https://[^@?#\\s]+$')
      : text('OidcIssuer', 'OIDC issuer; empty for development tokens, as in a demo', '^(https://[^@?#\\s]+)?$', ''),
    oidcAudience: text('OidcAudience', 'Audience that tokens must name', '^\\S+$', 'eventops'),
    auditOrigin: text('AuditOrigin', 'Name of this log in its checkpoints', '^[^\\s+]{1,200}$'),
    alertEmail: text('AlertEmail', 'Who is written to by alarms and the budget', '^[^@\\s]+@[^@\\s]+$'),
    monthlyBudget: new CfnParameter(stack, 'MonthlyBudgetUsd', {
      type: 'Number',
      description: 'Costs of a month in US dollars of which 80 % and 100 % are reported',
      default: isIssuerNeeded ? 1_200 : 200,
      minValue: 1,
    }).valueAsNumber,
    auditKeySecretArn: text('AuditKeySecretArn', 'Secret with the key that signs checkpoints, in PEM', secretArn),
    databaseAuthoritySecretArn: text(
      'DatabaseAuthoritySecretArn',
      "Secret with the certificates of RDS' authorities in this region, in PEM",
      secretArn,
    ),
    logCertificatesSecretArn: text(
      'LogCertificatesSecretArn',
      "Secret with EventStoreDB's certificates: JSON with authority, certificate and key",
      secretArn,
    ),
  };
}
