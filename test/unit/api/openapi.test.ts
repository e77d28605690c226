import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createConfig, lint } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../scripts/openapi/document.ts';
import { statusOf } from '../../../src/api/problem-details.ts';
import { routes } from '../../../src/api/routes/routes.ts';

const path = fileURLToPath(new URL('../../../docs/openapi.json', import.meta.url));

describe("the API's document", () => {
  it('is what the routes declare: npm run openapi', async () => {
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(openApiDocument(routes))));
  });

  it('passes the linter, warnings included', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const found = await lint({ ref: path, config });
    expect(found.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
  });

  it('has each route with each of its answers and problem codes', () => {
    const { paths = {} } = openApiDocument(routes);
    const operations = Object.values(paths).flatMap((item) =>
      [item.get, item.post].filter((each) => each !== undefined),
    );
    expect(new Set(operations.map(({ operationId }) => operationId))).toEqual(new Set(routes.map(({ name }) => name)));
    for (const { name, answers, problems } of routes) {
      const responses = operations.find(({ operationId }) => operationId === name)?.responses ?? {};
      for (const status of Object.keys(answers)) expect(responses).toHaveProperty(status);
      for (const code of problems) expect(JSON.stringify(responses[statusOf({ code })])).toContain(`"${code}"`);
    }
  });
});
