import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type InstanceType, SecurityGroup, SubnetType, type Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  CaCertificate,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  ParameterGroup,
  PostgresEngineVersion,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

interface Given {
  readonly network: Vpc;
  readonly key: Key;
  readonly instanceType: InstanceType;
  readonly multiAz: boolean;
  readonly password: ISecret;
}

/** Not the default, which is scanned first. */
export const DATABASE_PORT = 5433;

/** PostgreSQL with pgvector, which RDS brings along, for rows that the log can rebuild. */
export function createDatabase(scope: Construct, { network, key, instanceType, multiAz, password }: Given) {
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_6 });
  const securityGroup = new SecurityGroup(scope, 'DatabaseGroup', {
    vpc: network,
    description: 'The database of read tables',
    allowAllOutbound: false,
  });
  return new DatabaseInstance(scope, 'Database', {
    engine,
    instanceType,
    multiAz,
    vpc: network,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    securityGroups: [securityGroup],
    publiclyAccessible: false,
    port: DATABASE_PORT,
    databaseName: 'eventops',
    credentials: Credentials.fromPassword('eventops', password.secretValueFromJson('password')),
    parameterGroup: new ParameterGroup(scope, 'DatabaseParameters', {
      engine,
      parameters: { 'rds.force_ssl': '1', log_min_duration_statement: '1000' },
    }),
    caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
    allocatedStorage: 20,
    maxAllocatedStorage: 200,
    storageType: StorageType.GP3,
    storageEncrypted: true,
    storageEncryptionKey: key,
    backupRetention: Duration.days(14),
    deleteAutomatedBackups: false,
    copyTagsToSnapshot: true,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.SNAPSHOT,
    enablePerformanceInsights: true,
    performanceInsightEncryptionKey: key,
    cloudwatchLogsExports: ['postgresql'],
  });
}
