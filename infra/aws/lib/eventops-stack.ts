import { BootstraplessSynthesizer, Fn, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * What both flavours are: a template of its own, which `aws cloudformation deploy` takes as it is in an account that was never
 * prepared for the CDK, because this synthesizer refuses files to upload. The account and the region are asked for nothing.
 */
export abstract class EventOpsStack extends Stack {
  constructor(scope: Construct, id: string, description: string) {
    super(scope, id, { description, synthesizer: new BootstraplessSynthesizer(), terminationProtection: true });
    Tags.of(this).add('application', 'eventops');
    Tags.of(this).add('flavour', id);
    // For the budget, which counts what has this tag.
    Tags.of(this).add('eventops:stack', id);
  }

  /** Three, for three nodes of the log, by their order in the region. */
  override get availabilityZones(): string[] {
    return [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs()));
  }
}
