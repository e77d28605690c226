import type { Role } from '../cli/program.ts';
import type { Config } from '../config/config.ts';

/** Passwords that anyone knows: servers have them from the start, or our examples and `docker-compose.yml` show them. */
const published = ['changeit', 'eventops', 'guest', 'password', 'postgres'];

/** What is a default for development, or open to whoever is on the way, and therefore refused in production. */
export function unfitForProduction(config: Config, roles: readonly Role[]): readonly string[] {
  const problems: string[] = [];
  const { oidcIssuer, eventStoreUrl, databaseUrl, amqpUrl } = config;
  if (roles.includes('api') && oidcIssuer === null)
    problems.push('OIDC_ISSUER: missing; production takes no development tokens, so name the issuer of its tokens');
  if (oidcIssuer !== null && !oidcIssuer.startsWith('https://'))
    problems.push('OIDC_ISSUER: must be an https URL in production; over http its keys could be replaced on the way');
  if (eventStoreUrl !== null && /[?&](tls|tlsVerifyCert)=false\b/i.test(eventStoreUrl))
    problems.push('EVENTSTORE_URL: must say neither tls=false nor tlsVerifyCert=false in production');
  if (amqpUrl !== null && /\/\/(guest(:guest)?@|[^@]*$)/.test(amqpUrl))
    problems.push("AMQP_URL: is for RabbitMQ's user guest with the password guest; make a user of its own");
  for (const [name, url] of Object.entries({
    EVENTSTORE_URL: eventStoreUrl,
    DATABASE_URL: databaseUrl,
    AMQP_URL: amqpUrl,
  }))
    if (url !== null && published.includes(passwordIn(url)))
      problems.push(`${name}: holds a password that is a default or an example, which anyone knows; change it`);
  return problems;
}

const passwordIn = (url: string) => decodeURIComponent(/\/\/[^:@/?]*:([^@/?]*)@/.exec(url)?.[1] ?? '');
