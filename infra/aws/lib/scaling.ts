import { Duration } from 'aws-cdk-lib';
import { AdjustmentType } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** What one API takes with room to spare: a tenth of what it takes alone on two cores. */
const REQUESTS_A_MINUTE = 12_000;

/** By requests, because they are what it does; and by its processor, for requests that cost more than others. */
export function scaleByRequests(api: FargateService, targets: ApplicationTargetGroup): void {
  const scaling = api.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 8 });
  scaling.scaleOnRequestCount('Requests', { targetGroup: targets, requestsPerTarget: REQUESTS_A_MINUTE });
  scaling.scaleOnCpuUtilization('Processor', { targetUtilizationPercent: 65 });
}

/** By the events that wait for a worker: more of them while work piles up, one fewer at a time once there is little. */
export function scaleByBacklog(worker: FargateService, namespace: string): void {
  worker.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 }).scaleOnMetric('Backlog', {
    metric: new Metric({
      namespace,
      metricName: 'eventops_due_work',
      dimensionsMap: { status: 'command' },
      // Each process sees all of it: the greatest, not their sum.
      statistic: 'Maximum',
      period: Duration.minutes(1),
    }),
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    scalingSteps: [
      { upper: 10, change: -1 },
      { lower: 200, change: 1 },
      { lower: 2_000, change: 3 },
    ],
    cooldown: Duration.minutes(2),
    evaluationPeriods: 2,
  });
}
