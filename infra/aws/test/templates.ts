import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp, stackNames } from '../lib/create-app.ts';
import { FargateStack } from '../lib/fargate-stack.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly Metadata?: Record<string, unknown>;
}

export interface Flavour {
  readonly name: string;
  readonly template: Template;
  /** By their logical ids. */
  readonly resources: Readonly<Record<string, Resource>>;
}

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'eventops-aws-'));

const flavourOf = (name: string, template: Template): Flavour => ({
  name,
  template,
  resources: template.toJSON()['Resources'],
});

const app = createApp(temporaryFolder());
const stack = (name: string) => app.node.findChild(name) as Stack;

export const singleHost = flavourOf('single-host', Template.fromStack(stack(stackNames.singleHost)));
export const fargate = flavourOf('fargate', Template.fromStack(stack(stackNames.fargate)));
export const flavours = [singleHost, fargate];

/** The same with a log that someone else runs. */
export const withManagedLog = flavourOf(
  'fargate with a managed log',
  Template.fromStack(
    new FargateStack(new App({ outdir: temporaryFolder() }), 'managed', {
      managedLogUrlSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:log-url-AbCdEf',
    }),
  ),
);

export const ofType = ({ resources }: Flavour, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);

/** All texts of a value, with what is only known later as `${Name}`. */
export const flat = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(flat).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, inner] = ['', '']] = Object.entries(value);
  if (name === 'Fn::Join') return flat((inner as [string, unknown[]])[1]);
  if (name === 'Fn::If') return flat((inner as unknown[])[1]);
  if (name === 'Ref') return `\${${inner as string}}`;
  return `\${${name}}`;
};
