import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { buildPanel } from './build-panel.ts';
import { metrics } from './data-sources.ts';
import type { Board } from './panel.ts';

const TAG = 'eventops';

/** The types of events that there are, all of them at first. */
const types = () =>
  new QueryVariableBuilder('type')
    .label('Type of event')
    .datasource(metrics)
    .query('label_values(eventops_events_total, type)')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all' });

/** As Grafana reads it from a file. */
export function buildBoard({ uid, title, description, byType, panels }: Board): Dashboard {
  const builder = new DashboardBuilder(`EventOps: ${title}`)
    .uid(uid)
    .description(description)
    .tags([TAG])
    // What is changed in the browser is lost with the next start: scripts/dashboards is where it belongs.
    .readonly()
    .time({ from: 'now-1h', to: 'now' })
    .refresh('15s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('EventOps')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true),
    );
  if (byType) builder.withVariable(types());
  for (const [index, panel] of panels.entries()) builder.withPanel(buildPanel(panel, index + 1));
  return builder.build();
}
