import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { type Flavour, fargate, flat, flavours, ofType, singleHost, withManagedLog } from './templates.ts';

describe.each([...flavours, withManagedLog].map((flavour) => [flavour.name, flavour] as const))('%s', (_, flavour) => {
  const { template } = flavour;

  it('stores nothing that is not encrypted', () => {
    template.allResourcesProperties('AWS::RDS::DBInstance', { StorageEncrypted: true, KmsKeyId: Match.anyValue() });
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: Match.anyValue() });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() });
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.allResourcesProperties('AWS::Backup::BackupVault', { EncryptionKeyArn: Match.anyValue() });
    template.allResourcesProperties('AWS::APS::Workspace', { KmsKeyArn: Match.anyValue() });
    template.allResourcesProperties('AWS::S3::Bucket', { BucketEncryption: Match.anyValue() });
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    for (const [, { Properties }] of ofType(flavour, 'AWS::EC2::Volume'))
      expect(Properties).toMatchObject({ Encrypted: true, KmsKeyId: expect.anything() });
    for (const [, { Properties }] of ofType(flavour, 'AWS::EC2::Instance'))
      expect(Properties).toMatchObject({ BlockDeviceMappings: [{ Ebs: { Encrypted: true } }] });
  });

  it('has no database, broker or bucket that is reached from outside', () => {
    template.allResourcesProperties('AWS::RDS::DBInstance', { PubliclyAccessible: false });
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    for (const [, { Properties }] of ofType(flavour, 'AWS::AmazonMQ::Broker'))
      expect(Properties).toMatchObject({ PubliclyAccessible: false });
    const isolated = Object.keys(flavour.resources).filter((id) => /isolatedSubnet\dSubnet/.test(id));
    const [group] = ofType(flavour, 'AWS::RDS::DBSubnetGroup');
    expect(JSON.stringify(group)).toMatch(/isolatedSubnet1/);
    expect(isolated).toHaveLength(3);
    for (const id of Object.keys(flavour.resources)) expect(id).not.toMatch(/isolatedSubnet\dDefaultRoute/);
  });

  it('lets clients in at the load balancer alone, and no one by SSH', () => {
    const open = ofType(flavour, 'AWS::EC2::SecurityGroup').flatMap(([id, { Properties }]) =>
      ((Properties['SecurityGroupIngress'] ?? []) as { CidrIp?: unknown; FromPort: number }[])
        .filter(({ CidrIp }) => CidrIp !== undefined)
        .map(({ CidrIp, FromPort }) => `${id.replace(/[0-9A-F]{8}$/, '')} ${flat(CidrIp)} ${FromPort}`),
    );
    expect(open).toEqual(['FrontDoorGroup ${ClientNetwork} 443']);
    expect(JSON.stringify(flavour.resources)).not.toMatch(/"FromPort":22\b|"KeyName"/);
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Protocol: 'HTTPS',
      SslPolicy: Match.stringLikeRegexp('TLS13'),
    });
  });

  it('leads out of a group only by HTTPS and names, unless to another group', () => {
    for (const [, { Properties }] of ofType(flavour, 'AWS::EC2::SecurityGroup'))
      for (const { CidrIp, FromPort, IpProtocol } of (Properties['SecurityGroupEgress'] ?? []) as Record<
        string,
        unknown
      >[])
        if (CidrIp === '0.0.0.0/0')
          expect(`${IpProtocol as string} ${FromPort as number}`).toMatch(/^(tcp 443|udp 53)$/);
  });

  it('gives no role all actions, and all resources only for actions that have none', () => {
    const withoutResources = new Set([
      ...['ecr:GetAuthorizationToken', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
      // Bound to a namespace by its condition.
      'cloudwatch:PutMetricData',
    ]);
    for (const [id, { Properties }] of ofType(flavour, 'AWS::IAM::Policy'))
      for (const { Action, Resource } of statementsOf(Properties)) {
        const actions = [Action].flat();
        expect(
          actions.filter((action) => /^\*$|^\w+:\*$/.test(action)),
          id,
        ).toEqual([]);
        if ([Resource].flat().includes('*'))
          expect(
            actions.filter((action) => !withoutResources.has(action)),
            id,
          ).toEqual([]);
      }
  });

  it('has machines that give their role to no container, and that one enters through Systems Manager', () => {
    for (const [, { Properties }] of ofType(flavour, 'AWS::EC2::Instance'))
      expect(Properties).toMatchObject({ DisableApiTermination: true });
    for (const [, { Properties }] of ofType(flavour, 'AWS::EC2::LaunchTemplate'))
      expect(JSON.stringify(Properties)).toMatch(/"HttpTokens":"required"/);
    const machines = ofType(flavour, 'AWS::EC2::Instance').length;
    const roles = ofType(flavour, 'AWS::IAM::Role').filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes('AmazonSSMManagedInstanceCore'),
    );
    expect(roles).toHaveLength(machines);
  });

  it('has no password in its template', () => {
    const text = JSON.stringify(template.toJSON());
    for (const [, scheme] of text.matchAll(/(postgres|esdb|amqps?):\/\/\w+:(?!\{\{resolve:secretsmanager:|"\s*,)/g))
      expect.unreachable(`a password follows ${scheme}://`);
    for (const [, { Properties }] of ofType(flavour, 'AWS::RDS::DBInstance'))
      expect(flat(Properties['MasterUserPassword'])).toMatch(/^\{\{resolve:secretsmanager:/);
  });
});

describe('fargate', () => {
  it('keeps audit objects for a year against everyone, encrypted, over TLS alone', () => {
    fargate.template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } } },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: Match.objectLike({
          ServerSideEncryptionConfiguration: [
            Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }),
          ],
        }),
      },
    });
    expect(ofType(fargate, 'AWS::S3::BucketPolicy')).toHaveLength(ofType(fargate, 'AWS::S3::Bucket').length);
    for (const [, { Properties }] of ofType(fargate, 'AWS::S3::BucketPolicy'))
      expect(JSON.stringify(Properties)).toContain('"aws:SecureTransport":"false"');
  });

  it('lets the anchor add audit objects, the API read them, and no process delete one', () => {
    const actionsOn = (role: string) =>
      ofType(fargate, 'AWS::IAM::Policy')
        .filter(([name]) => name.startsWith(`${role}TaskTaskRole`))
        .flatMap(([, { Properties }]) => JSON.stringify(Properties).match(/s3:\w+/g) ?? [])
        .toSorted();
    expect(actionsOn('Anchor')).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
    expect(actionsOn('Api')).toEqual(['s3:GetObject', 's3:ListBucket']);
    for (const role of ['Worker', 'Projector', 'Dispatcher', 'Explainer']) expect(actionsOn(role)).toEqual([]);
  });

  it('has every server in more than one zone', () => {
    fargate.template.hasResourceProperties('AWS::RDS::DBInstance', { MultiAZ: true });
    fargate.template.hasResourceProperties('AWS::AmazonMQ::Broker', { DeploymentMode: 'CLUSTER_MULTI_AZ' });
    const zones = ofType(fargate, 'AWS::EC2::Volume').map(([, { Properties }]) =>
      JSON.stringify(Properties['AvailabilityZone']),
    );
    expect(new Set(zones).size).toBe(3);
  });

  it('shows no secret in the environment of a process, and cannot be written to but for its volume', () => {
    for (const [id, { Properties }] of ofType(fargate, 'AWS::ECS::TaskDefinition'))
      for (const container of Properties['ContainerDefinitions'] as Record<string, unknown>[]) {
        expect(container, id).toMatchObject({ ReadonlyRootFilesystem: true });
        if (container['Name'] === 'process') expect(container['Secrets'], id).toBeUndefined();
      }
  });
});

describe('single-host', () => {
  it('hands secrets over as files in memory and keeps everything but its volume read-only', () => {
    const text = JSON.stringify(singleHost.resources);
    expect(text).toContain('/run/eventops/database-url:/run/secrets/database-url:ro');
    expect(text).not.toMatch(/"DATABASE_URL":|DATABASE_URL=/);
  });
});

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}
const statementsOf = (properties: Flavour['resources'][string]['Properties']) =>
  (properties['PolicyDocument'] as { Statement: Statement[] }).Statement;
