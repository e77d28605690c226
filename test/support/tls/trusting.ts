import type { Authority } from './certificates.ts';

export type ServerUrls = Readonly<Record<'EVENTSTORE_URL' | 'DATABASE_URL' | 'AMQP_URL', string>>;

/** The same servers, over TLS, believed when the authority signed their certificates: settings for a process. */
export const trusting = ({ caFile }: Pick<Authority, 'caFile'>, urls: ServerUrls) => ({
  EVENTSTORE_URL: withOptions(urls.EVENTSTORE_URL, { tlsCAFile: caFile }),
  DATABASE_URL: withOptions(urls.DATABASE_URL, { sslmode: 'verify-full', sslrootcert: caFile }),
  AMQP_URL: urls.AMQP_URL,
  NODE_EXTRA_CA_CERTS: caFile,
});

function withOptions(text: string, options: Readonly<Record<string, string>>): string {
  const url = new URL(text);
  for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value);
  return url.href;
}
