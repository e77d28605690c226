import { Fn, RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

interface Given {
  readonly key: Key;
  readonly description: string;
}

/** A password that is made here and seen by no person; without what a URL would have to escape. */
export const createPassword = (scope: Construct, id: string, { key, description }: Given): Secret =>
  new Secret(scope, id, {
    description,
    encryptionKey: key,
    removalPolicy: RemovalPolicy.RETAIN,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: 'eventops' }),
      generateStringKey: 'password',
      passwordLength: 40,
      excludePunctuation: true,
    },
  });

/** Text with passwords in it, such as a URL. CloudFormation puts them in, so that the template has none. */
export const createText = (
  scope: Construct,
  id: string,
  parts: readonly string[],
  { key, description }: Given,
): Secret =>
  new Secret(scope, id, {
    description,
    encryptionKey: key,
    removalPolicy: RemovalPolicy.RETAIN,
    secretStringValue: SecretValue.unsafePlainText(Fn.join('', [...parts])),
  });

export const passwordOf = (secret: ISecret): string => secret.secretValueFromJson('password').unsafeUnwrap();
