/** Of these `npm test` runs nothing (docs/guarantees.md); to load such a file and skip it takes two seconds of a processor. */
export const leftToFaults = [
  'faults/crash-points/explainer',
  'faults/kill-loop/full-profile',
  'faults/kill-loop/github-webhooks',
  'faults/special/alerts',
  'faults/special/clock-jumps',
  'faults/special/full-disk-postgres',
  'faults/special/handlers-in-the-worker',
  'faults/special/installed-package',
  'faults/special/killed-plans',
  'faults/special/lost-queue',
  'faults/special/other-settings',
  'faults/special/poison',
  'faults/special/rabbitmq',
  'faults/special/read-models-apart',
  'faults/special/restore-drill',
  'faults/special/servers-away',
  'faults/special/shared-quotas',
  'faults/special/skewed-clocks',
  'faults/special/smoke',
  'faults/special/tls',
  'faults/special/worst-bodies',
].map((name) => `test/${name}.test.ts`);

/** Those below `test/<level>`. */
export const leftOf = (level: string) => leftToFaults.filter((path) => path.startsWith(`test/${level}/`));
