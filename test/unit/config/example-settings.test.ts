import { describe, expect, it } from 'vitest';
import { readConfig, settingNames } from '../../../src/config/config.ts';
import { textOf } from '../../support/project-files.ts';

const settings = textOf('.env.example')
  .split('\n')
  .flatMap((line) => {
    const [, name, value] = /^(?:# )?([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
const names = settings.map(([name]) => name);

/** Those without a default, so that their lines show an example. */
const examples = [
  'EVENTSTORE_URL',
  'DATABASE_URL',
  'AMQP_URL',
  'OIDC_ISSUER',
  'OIDC_CLIENT_CLAIM',
  'CORS_ORIGINS',
  'TRUST_PROXY',
  'EVENTOPS_URL',
  'EVENTOPS_TOKEN',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_RESOURCE_ATTRIBUTES',
  'AUDIT_KEY_FILE',
  'TRACE_URL',
  'PAYLOAD_FIELDS',
  ...['AUDIT_BUCKET', 'AUDIT_BUCKET_URL', 'AUDIT_WITNESSES'],
  ...['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_EMBEDDING_MODEL', 'GEMINI_API_KEY', 'GEMINI_BASE_URL'],
  'NODE_ENV',
  'EVENTOPS_CRASH_AT',
];

describe('.env.example', () => {
  it('names every setting once, and no other', () => {
    expect([...names].sort()).toEqual([...settingNames].sort());
  });

  it('sets nothing as it stands', () => {
    expect(textOf('.env.example')).not.toMatch(/^[A-Z]/m);
  });

  it('shows values that are taken', () => {
    expect(() => readConfig(Object.fromEntries(settings))).not.toThrow();
  });

  it('shows the defaults, and examples only where there is none', () => {
    const defaults = settings.filter(([name]) => !examples.includes(name));
    expect(readConfig(Object.fromEntries(defaults))).toEqual(readConfig({}));
  });
});
