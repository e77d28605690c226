import type { Alert, Recording } from './alert.ts';
import type { Pace } from './pace.ts';
import { alertsOnProcessing, typeFailing } from './processing.ts';
import { alertsOnRequests, fastBurn, ingestRefused } from './requests.ts';
import { alertsOnSubscribers } from './subscribers.ts';
import { alertsOnServers, partUnavailable } from './unavailable-parts.ts';
import { alertsOnWaitingWork, workWaiting } from './waiting-work.ts';

/** What has a series of its own, before the alerts that use it. */
export const recordings = (pace: Pace): readonly Recording[] => [
  partUnavailable,
  workWaiting,
  typeFailing(pace),
  ingestRefused(pace),
  fastBurn(pace),
];

export const alerts = (pace: Pace): readonly Alert[] => [
  ...alertsOnServers(),
  ...alertsOnSubscribers(pace),
  ...alertsOnProcessing(pace),
  ...alertsOnWaitingWork(pace),
  ...alertsOnRequests(pace),
];
