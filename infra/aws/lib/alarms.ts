import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeElb } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { FrontDoor } from './front-door.ts';
import type { Monitoring } from './monitoring.ts';

const GIB = 2 ** 30;
const period = Duration.minutes(1);
const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;

/** What no process of ours sees of the load balancer. */
export function watchFrontDoor(monitoring: Monitoring, { loadBalancer, targets }: FrontDoor): void {
  monitoring.alarm('NoHealthyApi', {
    metric: targets.metrics.healthyHostCount({ period, statistic: 'Minimum' }),
    ...{ threshold: 1, comparisonOperator: LESS_THAN_THRESHOLD, evaluationPeriods: 3 },
    treatMissingData: TreatMissingData.BREACHING,
    alarmDescription: 'No API answers /readyz: docs/runbooks/no-api.md',
  });
  monitoring.alarm('RefusedAtTheDoor', {
    metric: loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period, statistic: 'Sum' }),
    ...{ threshold: 5, comparisonOperator: GREATER_THAN_THRESHOLD, evaluationPeriods: 2 },
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: 'Requests are refused before they reach an API: docs/runbooks/ingest-refused.md',
  });
}

export function watchDatabase(monitoring: Monitoring, database: DatabaseInstance): void {
  monitoring.alarm('DatabaseDiskLow', {
    metric: database.metricFreeStorageSpace({ period, statistic: 'Minimum' }),
    ...{ threshold: 4 * GIB, comparisonOperator: LESS_THAN_THRESHOLD, evaluationPeriods: 5 },
    alarmDescription: 'Less than 4 GiB are free for rows: docs/runbooks/read-database-unavailable.md',
  });
  monitoring.alarm('DatabaseBusy', {
    metric: database.metricCPUUtilization({ period, statistic: 'Average' }),
    ...{ threshold: 85, comparisonOperator: GREATER_THAN_THRESHOLD, evaluationPeriods: 15 },
    alarmDescription: 'The database is at its limit: docs/runbooks/lag.md',
  });
}

/** A machine with a part of the log: whether it runs, and how full its volume is. */
export function watchMachine(monitoring: Monitoring, id: string, instanceId: string, mountedAt: string): void {
  const dimensionsMap = { InstanceId: instanceId };
  monitoring.alarm(`${id}Failed`, {
    metric: new Metric({
      namespace: 'AWS/EC2',
      metricName: 'StatusCheckFailed',
      dimensionsMap,
      period,
      statistic: 'Maximum',
    }),
    ...{ threshold: 0, comparisonOperator: GREATER_THAN_THRESHOLD, evaluationPeriods: 3 },
    treatMissingData: TreatMissingData.BREACHING,
    alarmDescription: 'The machine of the log does not run: docs/runbooks/log-unavailable.md',
  });
  monitoring.alarm(`${id}DiskFull`, {
    metric: new Metric({
      namespace: 'CWAgent',
      metricName: 'disk_used_percent',
      dimensionsMap: { ...dimensionsMap, path: mountedAt, fstype: 'xfs' },
      period,
      statistic: 'Maximum',
    }),
    ...{ threshold: 80, comparisonOperator: GREATER_THAN_THRESHOLD, evaluationPeriods: 5 },
    treatMissingData: TreatMissingData.BREACHING,
    alarmDescription: 'The volume of the log is 80 % full: make it larger before posts are refused',
  });
}
