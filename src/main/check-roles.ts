import { allRoles, type Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';
import { wrongSettings } from './cannot-start.ts';
import { type PartName, partsOfRole } from './parts.ts';
import { unfitForProduction } from './production.ts';

const settings: Readonly<Record<PartName, { readonly name: string; readonly url: (config: Config) => string | null }>> =
  {
    log: { name: 'EVENTSTORE_URL', url: (config) => config.eventStoreUrl },
    'read tables': { name: 'DATABASE_URL', url: (config) => config.databaseUrl },
    commands: { name: 'AMQP_URL', url: (config) => config.amqpUrl },
  };

/**
 * An embedded part belongs to one process: whoever runs some roles here and others elsewhere needs those parts in
 * servers. And production refuses what is meant for development.
 * @throws {CannotStart} with all that is wrong.
 */
export function checkRoles(config: Config, roles: readonly Role[]): void {
  const problems: string[] = [];
  if (config.production) problems.push(...unfitForProduction(config, roles));
  const { host, port, metricsHost, metricsPort } = config;
  if (roles.includes('api') && port !== 0 && port === metricsPort && host === metricsHost)
    problems.push('METRICS_PORT: the same as PORT; the API and its metrics need a port each');
  if (roles.length < allRoles.length)
    for (const part of new Set(roles.flatMap((role) => partsOfRole[role])))
      if (settings[part].url(config) === null)
        problems.push(
          `${settings[part].name}: missing, so the ${part} would be embedded, and belong to one process with all roles; give the setting, or leave --roles out (asked for: ${roles.join(', ')})`,
        );
  if (problems.length > 0) throw wrongSettings(problems);
}
