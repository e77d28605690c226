import { writeFile } from 'node:fs/promises';
import { routes } from '../src/api/routes/routes.ts';
import { openApiDocument } from './openapi/document.ts';

// Writes docs/openapi.json, which the API serves. A test compares.
await writeFile(
  new URL('../docs/openapi.json', import.meta.url),
  `${JSON.stringify(openApiDocument(routes), null, 2)}\n`,
);
