import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { createApp } from '../lib/create-app.ts';
import { temporaryFolder } from './templates.ts';

it('has both stacks pass the rules of AwsSolutions, or say why not', () => {
  const app = createApp(temporaryFolder());
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
