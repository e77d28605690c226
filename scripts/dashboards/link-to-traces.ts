import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { traces } from './data-sources.ts';

/** Grafana replaces it with the label of the series that was clicked; what stands around it is a URL's. */
const TYPE_OF_SERIES = `\${__field.labels.type:percentencode}`;

/** From a series to the traces of its type, in the time that the dashboard shows. */
export function linkToTraces() {
  const search = {
    refId: 'A',
    datasource: traces,
    queryType: 'search',
    service: 'eventops',
    tags: 'eventops.event.type=TYPE',
  };
  const panes = { traces: { datasource: traces.uid, queries: [search], range: { from: 'FROM', to: 'TO' } } };
  const encoded = encodeURIComponent(JSON.stringify(panes))
    .replace('TYPE', TYPE_OF_SERIES)
    .replace('FROM', `\${__from}`)
    .replace('TO', `\${__to}`);
  return new DashboardLinkBuilder('Traces of this type')
    .url(`/explore?schemaVersion=1&orgId=1&panes=${encoded}`)
    .targetBlank(true);
}
