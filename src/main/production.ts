import type { Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';

/** What is a default for development, or open to whoever is on the way, and therefore refused in production. */
export function unfitForProduction(config: Config, roles: readonly Role[]): readonly string[] {
  const problems: string[] = [];
  const { oidcIssuer, eventStoreUrl, amqpUrl } = config;
  if (roles.includes('api') && oidcIssuer === null)
    problems.push('OIDC_ISSUER: missing; production takes no development tokens, so name the issuer of its tokens');
  if (oidcIssuer !== null && !oidcIssuer.startsWith('https://'))
    problems.push('OIDC_ISSUER: must be an https URL in production; over http its keys could be replaced on the way');
  if (eventStoreUrl !== null && /[?&]tls=false\b/i.test(eventStoreUrl))
    problems.push('EVENTSTORE_URL: must not say tls=false in production');
  if (eventStoreUrl !== null && /\/\/admin:changeit@/.test(eventStoreUrl))
    problems.push("EVENTSTORE_URL: holds the server's first password, which anyone knows; change it");
  if (amqpUrl !== null && /\/\/(guest(:guest)?@|[^@]*$)/.test(amqpUrl))
    problems.push("AMQP_URL: is for RabbitMQ's user guest with the password guest; make a user of its own");
  return problems;
}
