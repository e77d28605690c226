import { describe, expect, it } from 'vitest';
import { readConfig, SettingsInvalid } from '../../../src/config/config.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const tracingOf = (environment: NodeJS.ProcessEnv) => readConfig(environment).tracing;

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.problems;
    throw error;
  }
  return [];
}

describe('traces', () => {
  it.each([
    ['without an endpoint', {}],
    ['with an endpoint that is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['where the SDK is disabled', { ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }],
    ['where they are sent nowhere', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
  ])('are off %s', (_, environment) => {
    expect(tracingOf(environment)).toBeNull();
  });

  it.each([['http://collector:4318'], ['http://collector:4318/'], ['https://collector:4318/otlp']])(
    'are sent to the path of traces behind %s',
    (url) => {
      expect(tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: url })?.url).toBe(`${url.replace(/\/$/, '')}/v1/traces`);
    },
  );

  it("are by OpenTelemetry's defaults what nothing else is said of", () => {
    expect(tracingOf(endpoint)).toMatchObject({
      ...{ headers: {}, protocol: 'http/protobuf', compression: 'none', timeoutMs: 10_000, serviceName: 'eventops' },
      ...{ resourceAttributes: {}, sampler: 'parentbased_always_on', ratio: 1, scheduleDelayMs: 5_000 },
    });
  });

  it('have headers and attributes whose values are percent-encoded', () => {
    const tracing = tracingOf({
      ...endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%2Cb, x-tenant = shop',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=orders,deployment.environment.name=test',
    });
    expect(tracing?.headers).toEqual({ authorization: 'Bearer a,b', 'x-tenant': 'shop' });
    expect(tracing).toMatchObject({
      serviceName: 'orders',
      resourceAttributes: { 'deployment.environment.name': 'test' },
    });
  });

  it('are of the service that OTEL_SERVICE_NAME names, whatever the attributes say', () => {
    const environment = { ...endpoint, OTEL_SERVICE_NAME: 'till', OTEL_RESOURCE_ATTRIBUTES: 'service.name=orders' };
    expect(tracingOf(environment)?.serviceName).toBe('till');
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:canary@collector:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'canary'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=%canary'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=canary%0d%0ax:y'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', '-1'],
    ['OTEL_SDK_DISABLED', 'yes'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
  ])('stop the start with a wrong %s (%s), which is not repeated', (name, value) => {
    const problems = problemsOf({ ...endpoint, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
    expect(problems[0]).not.toContain('canary');
  });

  it('are not stopped by variables that are meant for others, which are named', () => {
    const environment = { ...endpoint, OTEL_METRICS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_HEADERS_FILE: '' };
    expect(readConfig(environment).otelWithoutEffect).toEqual(['OTEL_METRICS_EXPORTER']);
  });
});
