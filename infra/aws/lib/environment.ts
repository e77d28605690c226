import type { Role } from '../../../src/cli/program.ts';
import { NETWORK } from './network.ts';

export const roles: readonly Role[] = ['api', 'projector', 'dispatcher', 'worker', 'anchor', 'explainer'];

export interface Site {
  readonly nodeEnvironment: string;
  /** Where secrets are files. */
  readonly secrets: string;
  readonly oidcIssuer: string;
  readonly oidcAudience: string;
  readonly auditOrigin: string;
  /** For full tiles of the audit tree; without one they are in the database. */
  readonly auditBucket?: string;
  /** Where the collector takes spans. */
  readonly collector: string;
  readonly stackName: string;
}

/** The settings of a process, as docs/operating.md has them. Secrets are files, named here and never shown. */
export const environmentOf = (role: Role, site: Site): Record<string, string> => ({
  NODE_ENV: site.nodeEnvironment,
  LOG_LEVEL: 'info',
  SHUTDOWN_TIMEOUT_MS: '25000',
  EVENTSTORE_URL_FILE: `${site.secrets}/eventstore-url`,
  ...(role === 'worker' ? {} : { DATABASE_URL_FILE: `${site.secrets}/database-url` }),
  ...(role === 'worker' || role === 'dispatcher' ? { AMQP_URL_FILE: `${site.secrets}/amqp-url` } : {}),
  ...(role === 'api' ? settingsOfApi(site) : {}),
  ...(role === 'api' || role === 'anchor' ? auditTreeOf(site) : {}),
  ...(role === 'anchor' ? { AUDIT_KEY_FILE: `${site.secrets}/audit-key.pem` } : {}),
  OTEL_EXPORTER_OTLP_ENDPOINT: site.collector,
  OTEL_SERVICE_NAME: 'eventops',
  OTEL_RESOURCE_ATTRIBUTES: `service.namespace=${site.stackName},eventops.role=${role}`,
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.1',
});

const auditTreeOf = ({ auditOrigin, auditBucket }: Site) => ({
  AUDIT_ORIGIN: auditOrigin,
  ...(auditBucket === undefined ? {} : { AUDIT_BUCKET: auditBucket }),
});

const settingsOfApi = (site: Site) => ({
  OIDC_ISSUER: site.oidcIssuer,
  OIDC_AUDIENCE: site.oidcAudience,
  // The load balancer's addresses.
  TRUST_PROXY: NETWORK,
  RATE_LIMIT_PER_MINUTE: '6000',
});
