import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metrics, traces } from '../../../scripts/dashboards/data-sources.ts';
import { linkToTraces } from '../../../scripts/dashboards/link-to-traces.ts';
import { type AttemptOutcome, own } from '../../../src/adapters/tracing/attributes.ts';
import { readConfig } from '../../../src/config/config.ts';
import { collectorConfig } from '../../support/observability/collector-config.ts';
import { textOf } from '../../support/project-files.ts';

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: object;
  readonly mem_limit?: string;
  readonly cpus?: number;
}

const { services }: { readonly services: Readonly<Record<string, Service>> } = parse(textOf('docker-compose.yml'), {
  merge: true,
});
const ofProfile = Object.keys(services).filter((name) => services[name]?.profiles?.includes('observability'));
const roles = ['api', 'projector', 'dispatcher', 'worker'];

const collector = collectorConfig.parse(parse(textOf('infra/otel-collector/config.yml')));
const prometheus = parse(textOf('infra/prometheus/prometheus.yml'));
const dataSources = parse(textOf('infra/grafana/provisioning/datasources/eventops.yml')).datasources;

describe('the compose profile observability', () => {
  it('is a collector, Jaeger, Prometheus and Grafana, each with limits', () => {
    expect(ofProfile).toEqual(['otel-collector', 'jaeger', 'prometheus', 'grafana']);
    for (const name of ofProfile) expect(services[name]).toMatchObject({ mem_limit: expect.any(String), cpus: 1 });
  });

  it('asks each for its health, but the collector, whose image has nothing to ask with', () => {
    expect(ofProfile.filter((name) => services[name]?.healthcheck === undefined)).toEqual(['otel-collector']);
  });

  it('mounts files that are there, and to be read only', () => {
    const mounted = ofProfile.flatMap((name) => services[name]?.volumes ?? []).filter((each) => each.startsWith('./'));
    expect(mounted).toHaveLength(5);
    expect(mounted.filter((each) => !/^\.\/infra\/[\w./-]+:\/etc\/[\w./-]+:ro$/.test(each))).toEqual([]);
  });

  it('gives every process of EventOps where traces go, and without its settings nowhere', () => {
    for (const role of roles)
      expect(services[role]?.environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe(`\${OTEL_EXPORTER_OTLP_ENDPOINT:-}`);
    expect(textOf('infra/otel-collector/traces.env')).toMatch(
      /^OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/otel-collector:4318$/m,
    );
  });
});

describe('the collector', () => {
  it('takes OTLP where processes send it', () => {
    expect(collector.receivers.otlp.protocols.http.endpoint).toBe('0.0.0.0:4318');
  });

  it('hands traces to Jaeger', () => {
    expect(Object.values(collector.exporters).map(({ endpoint }) => endpoint)).toEqual(['jaeger:4317']);
  });

  it('uses what it has, memory first and batches last', () => {
    const { receivers, processors, exporters } = collector.service.pipelines.traces;
    expect(receivers).toEqual(Object.keys(collector.receivers));
    expect(processors).toEqual(Object.keys(collector.processors));
    expect(exporters).toEqual(Object.keys(collector.exporters));
    expect([processors[0], processors.at(-1)]).toEqual(['memory_limiter', 'batch']);
    expect(collector.service.extensions).toEqual(Object.keys(collector.extensions));
  });

  it('knows a retry by the name that spans have', () => {
    expect(JSON.stringify(collector.processors.tail_sampling.policies)).toContain(
      JSON.stringify({ key: own.attemptOutcome, values: ['retried' satisfies AttemptOutcome] }),
    );
  });

  it('stays below the memory of its container', () => {
    expect(collector.processors.memory_limiter.limit_mib).toBeLessThan(512);
    expect(services['otel-collector']?.mem_limit).toBe('512m');
  });

  it.each([
    ['a policy of a type that it does not know', { name: 'all', type: 'always' }],
    ['options of another type', { name: 'slow', type: 'latency', probabilistic: { sampling_percentage: 1 } }],
  ])('would be found out with %s', (_what, policy) => {
    const { tail_sampling: sampling } = collector.processors;
    const processors = { ...collector.processors, tail_sampling: { ...sampling, policies: [policy] } };
    expect(collectorConfig.safeParse({ ...collector, processors }).success).toBe(false);
  });
});

describe('Prometheus', () => {
  it('scrapes every process of every role', () => {
    const [{ job_name: job, dns_sd_configs: found }] = prometheus.scrape_configs;
    expect([job, found[0].names, found[0].type]).toEqual(['eventops', roles, 'A']);
    expect(textOf('Dockerfile')).toContain(`METRICS_HOST=0.0.0.0 METRICS_PORT=${found[0].port}`);
  });
});

describe("Grafana's data sources", () => {
  it('are the two that panels name', () => {
    expect(dataSources.map(({ type, uid }: typeof metrics) => ({ type, uid }))).toEqual([metrics, traces]);
  });

  it('are services of the profile, at the ports that they have', () => {
    for (const { url } of dataSources) {
      const { hostname, port } = new URL(url);
      expect(services[hostname]?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    }
  });

  it('are asked for rates over no less than what Prometheus scrapes', () => {
    expect(dataSources[0].jsonData.timeInterval).toBe(prometheus.global.scrape_interval);
  });
});

describe("Grafana's dashboards", () => {
  it('search for traces by the names that spans have', () => {
    const search = decodeURIComponent(linkToTraces().build().url ?? '');
    expect(search).toContain(`"tags":"${own.eventType}=`);
    const { tracing } = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector:4318' });
    expect(search).toContain(`"service":"${tracing?.serviceName}"`);
  });

  it('are read from where they are mounted', () => {
    const { options, allowUiUpdates } = parse(textOf('infra/grafana/provisioning/dashboards/eventops.yml'))
      .providers[0];
    expect(services['grafana']?.volumes).toContain(`./infra/grafana/dashboards:${options.path}:ro`);
    expect(allowUiUpdates).toBe(false);
  });
});
