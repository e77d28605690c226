import { type Stack, Validations } from 'aws-cdk-lib';

/** Rules of AwsSolutions that do not hold for a whole stack, each with its reason. Others stand beside what they are about. */
export function acknowledgeBoth(stack: Stack): void {
  Validations.of(stack).acknowledge(
    {
      id: 'AwsSolutions-S1',
      reason: 'The bucket of access logs takes logs itself; to log access to it would write into it without end.',
    },
    {
      id: 'CloudFormation-Validate::W2509',
      reason: 'Parameters whose names have Secret in them take the name (ARN) of a secret and never its content.',
    },
  );
}
