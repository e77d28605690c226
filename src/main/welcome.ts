import { issueDevelopmentToken } from '../adapters/development-issuer/development-issuer.ts';
import { COMMAND } from '../application/command-name.ts';
import type { Config } from '../config/config.ts';

/** What a newcomer needs next: where, with what token, and a command to paste. */
export async function welcome({ dataFolder, oidcIssuer }: Config, url: string): Promise<string> {
  if (oidcIssuer !== null) return `EventOps is ready at ${url}\n\nIt takes the access tokens of ${oidcIssuer}.\n\n`;
  const token = await issueDevelopmentToken({
    dataFolder,
    role: 'admin',
    scopes: [],
    subject: 'developer',
    now: Date.now(),
  });
  return `EventOps is ready at ${url}

The console: ${url}/

A development token, valid for a day (${COMMAND} token makes others):

${token}

Post an event:

curl -s ${url}/v1/events \\
  -H 'Authorization: Bearer ${token}' \\
  -H 'Content-Type: application/json' \\
  -d '{"type":"order.placed","source":"shop","payload":{"orderId":"A-1"}}'

`;
}
