import { z } from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { problemWith } from '../../src/api/answers/problem.ts';
import { type ProblemCode, problemDocument, statusOf } from '../../src/api/problem-details.ts';
import type { Route, RouteAnswer } from '../../src/api/route.ts';

const ofEveryAnswer = {
  'x-request-id': z
    .string()
    .describe('That of the request, or a new one. It stands in the lines of the log, and in the history.'),
};
/** Only where requests are counted, which is a setting. */
const ofCounted = {
  'ratelimit-policy': z.string().optional().describe('How many requests are taken: `"requests";q=6000;w=60`.'),
  ratelimit: z.string().optional().describe('How many are left, and for how many seconds: `"requests";r=5999;t=61`.'),
};
const ofStatus: Readonly<Record<number, Readonly<Record<string, z.ZodType>>>> = {
  401: { 'www-authenticate': z.string() },
  409: { 'retry-after': z.string().optional().describe('Seconds, where asking again may help.') },
  429: { 'retry-after': z.string().describe('Seconds.') },
  503: { 'retry-after': z.string().describe('Seconds.') },
};

/** What a route answers, by status: its own answers, and its problems together where they have the same status. */
export function answersOf({ access, answers, problems }: Route): ZodOpenApiResponsesObject {
  const ofRoute = access === 'public' ? ofEveryAnswer : { ...ofEveryAnswer, ...ofCounted };
  const own = Object.entries(answers).map(([status, answer]) => [status, answerOf(answer, ofRoute)]);
  const byStatus = Map.groupBy(problems, (code) => statusOf({ code }));
  const refused = [...byStatus].map(([status, codes]) => [String(status), problemsOf(status, codes, ofRoute)]);
  return Object.fromEntries([...own, ...refused].sort(([one], [other]) => Number(one) - Number(other)));
}

type Headers = Readonly<Record<string, z.ZodType>>;

const answerOf = (
  { description, body, headers, text = [] }: RouteAnswer,
  ofRoute: Headers,
): ZodOpenApiResponseObject => {
  const json = body === undefined ? [] : [['application/json', { schema: body.schema, example: body.example }]];
  const content = [...json, ...text.map((type) => [type, { schema: z.string() }])];
  return {
    description,
    headers: z.object({ ...ofRoute, ...headers }),
    ...(content.length === 0 ? {} : { content: Object.fromEntries(content) }),
  };
};

function problemsOf(status: number, codes: readonly ProblemCode[], ofRoute: Headers): ZodOpenApiResponseObject {
  const [first = 'internal-error'] = codes;
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}.`).join(' '),
    headers: z.object({ ...ofRoute, ...ofStatus[status] }),
    content: { 'application/problem+json': { schema: problemWith(codes), example: exampleOf(first) } },
  };
}

const exampleOf = (code: ProblemCode) => JSON.parse(problemDocument({ code })) as { readonly title: string };
const titleOf = (code: ProblemCode) => exampleOf(code).title;
