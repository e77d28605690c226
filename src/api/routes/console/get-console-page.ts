import { consoleSecurityPolicy } from '../../console/console.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { defineRoute } from '../../route.ts';

export const WITHOUT_CONSOLE =
  'The console is left out (CONSOLE=false), or was not built: npm run console builds it. The API is described at /docs.';

export const getConsolePage = defineRoute({
  name: 'getConsolePage',
  method: 'GET',
  path: '/',
  summary: 'The console',
  description: 'A page for a browser, to see events, dead letters and projections, and to act on them.',
  access: 'public',
  answers: { 200: { description: 'The page.', text: ['text/html'] } },
  problems: ['not-found'],
  handler:
    ({ console, random }) =>
    async (_request, reply) => {
      if (console === null) return sendProblem(reply, { code: 'not-found', detail: WITHOUT_CONSOLE });
      const nonce = random.uuid();
      return reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', consoleSecurityPolicy(nonce, console.settings))
        .send(await console.page(nonce));
    },
});
