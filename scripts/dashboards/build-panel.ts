import { PanelBuilder as BarsBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as NumberBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { metrics } from './data-sources.ts';
import { linkToTraces } from './link-to-traces.ts';
import type { Panel, PanelKind, Query } from './panel.ts';

type AnyBuilder = LinesBuilder | NumberBuilder | BarsBuilder;

const latest = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']);

const builders: Readonly<Record<PanelKind, () => AnyBuilder>> = {
  number: () => new NumberBuilder().graphMode(BigValueGraphMode.Area).reduceOptions(latest()).height(4),
  lines: () =>
    new LinesBuilder()
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom)
          .showLegend(true),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
      .fillOpacity(10)
      .height(8),
  bars: () =>
    new BarsBuilder()
      .displayMode(BarGaugeDisplayMode.Basic)
      .orientation(VizOrientation.Horizontal)
      .reduceOptions(latest())
      .height(8),
};

/** Of the whole time that is shown, or a point for each moment of it. */
const target = ({ expr, legend }: Query, kind: PanelKind, index: number) => {
  const built = new DataqueryBuilder()
    .datasource(metrics)
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCharCode('A'.charCodeAt(0) + index));
  return kind === 'bars' ? built.instant() : built.range();
};

export function buildPanel(panel: Panel, id: number): Builder<GrafanaPanel> {
  const builder = builders[panel.shows]()
    .id(id)
    .title(panel.title)
    .description(panel.description)
    .datasource(metrics)
    .unit(panel.unit)
    .min(0)
    .span(panel.width)
    .targets(panel.queries.map((each, index) => target(each, panel.shows, index)));
  return panel.leadsToTraces ? builder.dataLinks([linkToTraces()]) : builder;
}
