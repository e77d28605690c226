import { stringify } from 'yaml';
import { type Alert, alertName, runbookOf } from './alert.ts';
import { alerts, recordings } from './alerts.ts';
import type { Pace } from './pace.ts';

const rule = (alert: Alert, pace: Pace) => ({
  alert: alertName(alert),
  expr: alert.expr,
  ...(alert.forSeconds === 0 ? {} : { for: pace.duration(alert.forSeconds) }),
  labels: { severity: alert.severity },
  annotations: { summary: alert.summary, description: alert.description, runbook_url: runbookOf(alert) },
});

/** As Prometheus reads it. One group, so that what is recorded is of the same moment as the alerts. */
export const rulesFile = (pace: Pace): string =>
  `# Written by \`npm run dashboards\` from scripts/alerts.\n${stringify(
    {
      groups: [{ name: 'eventops', rules: [...recordings(pace), ...alerts(pace).map((alert) => rule(alert, pace))] }],
    },
    { lineWidth: 0 },
  )}`;
