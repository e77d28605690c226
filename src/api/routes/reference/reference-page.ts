import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

export const pageHtml = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>EventOps API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
`;

/** Nothing in the page's URL changes what it shows, and no server elsewhere is asked to check the document. */
const start = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#page',
  deepLinking: true,
  queryConfigEnabled: false,
  validatorUrl: 'none',
});
`;

/**
 * Swagger UI's files as Fastify's plugin ships them: the package that Swagger UI itself is published in reports each
 * installation to its makers (@scarf/scarf). The plugin is not used, because it adds routes of its own at each start.
 */
const packaged = (name: string) => () =>
  readFile(createRequire(import.meta.url).resolve(`@fastify/swagger-ui/static/${name}`));

/** Everything that the page consists of. Its URLs are relative, so that it works below a prefix of a proxy, too. */
const files = {
  'swagger-ui.css': { type: 'text/css', read: packaged('swagger-ui.css') },
  'swagger-ui-bundle.js': { type: 'text/javascript', read: packaged('swagger-ui-bundle.js') },
  'start.js': { type: 'text/javascript', read: async () => Buffer.from(start) },
} as const;

export type PageFile = keyof typeof files;

export const pageFiles = Object.keys(files) as PageFile[];
export const isPageFile = (name: unknown): name is PageFile => pageFiles.some((file) => file === name);

/** What a page of ours may do: load what is here, and ask this API. Nothing within the page itself is run. */
export const pageSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const inMemory = new Map<PageFile, Promise<Buffer>>();

/** Read when it is first asked for: together they are large, and most processes are never asked. */
export async function pageFile(name: PageFile): Promise<{ readonly type: string; readonly bytes: Buffer }> {
  const { type, read } = files[name];
  const bytes = inMemory.get(name) ?? read();
  inMemory.set(name, bytes);
  // What could not be read may be there the next time.
  bytes.catch(() => inMemory.delete(name));
  return { type, bytes: await bytes };
}
