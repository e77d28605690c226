import { defineRoute } from '../../route.ts';
import { pageHtml, pageSecurityPolicy } from './reference-page.ts';

export const getReferencePage = defineRoute({
  name: 'getReferencePage',
  method: 'GET',
  path: '/docs',
  summary: 'This document as a page',
  description:
    'For a browser. Requests can be sent from it, with a token that is pasted in; nothing is loaded from elsewhere.',
  access: 'public',
  answers: { 200: { description: 'The page.', text: ['text/html'] } },
  problems: [],
  handler: () => (_request, reply) =>
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', pageSecurityPolicy)
      .send(pageHtml),
});
