import { App } from 'aws-cdk-lib';
import { FargateStack } from './fargate-stack.ts';
import { SingleHostStack } from './single-host-stack.ts';

export const stackNames = { singleHost: 'eventops-single-host', fargate: 'eventops-fargate' } as const;

/** Both flavours: each is deployed by itself. */
export function createApp(folder?: string): App {
  const app = new App({ outdir: folder, analyticsReporting: false });
  new SingleHostStack(app, stackNames.singleHost);
  new FargateStack(app, stackNames.fargate);
  return app;
}
