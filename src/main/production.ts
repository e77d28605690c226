import type { Role } from '../cli/program.ts';
import { type Config, NO_KEY } from '../config/config.ts';

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
  const embeds = config.openAiEmbeddings !== null && (roles.includes('projector') || roles.includes('api'));
  const asksModels = (name: string) => roles.includes('explainer') || (name === 'OPENAI' && embeds);
  for (const [name, model] of Object.entries({ OPENAI: config.openAi, GEMINI: config.gemini }))
    if (asksModels(name) && model?.baseUrl.startsWith('http://') && model.apiKey !== NO_KEY)
      problems.push(
        `${name}_BASE_URL: must be an https URL in production where there is a key, which anyone could read`,
      );
  if (roles.includes('anchor') && config.auditKeyFile === null)
    problems.push(
      'AUDIT_KEY_FILE: missing; in production the key that signs checkpoints is not made beside what it vouches for',
    );
  if (eventStoreUrl !== null && /[?&](tls|tlsVerifyCert)=false\b/i.test(eventStoreUrl))
    problems.push('EVENTSTORE_URL: must say neither tls=false nor tlsVerifyCert=false in production');
  if (amqpUrl !== null && /\/\/(guest(:guest)?@|[^@]*$)/.test(amqpUrl))
    problems.push("AMQP_URL: is for RabbitMQ's user guest with the password guest; make a user of its own");
  for (const [name, url] of Object.entries({
    EVENTSTORE_URL: eventStoreUrl,
    DATABASE_URL: databaseUrl,
    AMQP_URL: amqpUrl,
  }))
    if (url !== null && passwordsIn(url).some((password) => published.includes(password)))
      problems.push(`${name}: holds a password that is a default or an example, which anyone knows; change it`);
  return problems;
}

/** In front of the host; PostgreSQL's driver takes one in the query, too. */
const passwordsIn = (url: string) =>
  [/\/\/[^:@/?]*:([^@/?]*)@/, ...(url.startsWith('postgres') ? [/[?&]password=([^&]*)/] : [])].map((place) =>
    decoded(place.exec(url)?.[1] ?? ''),
  );

/** What cannot be decoded is no published password; whoever uses the URL says what is wrong with it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
