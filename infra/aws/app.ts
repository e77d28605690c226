// Writes the templates of both flavours into cdk.out: `npm run aws:synth` in the root. Asks no account and uploads nothing.
import { join, relative } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { createApp } from './lib/create-app.ts';

const app = createApp(join(import.meta.dirname, 'cdk.out'));
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
for (const { templateFullPath } of app.synth().stacks)
  process.stdout.write(`${relative(process.cwd(), templateFullPath)}\n`);
