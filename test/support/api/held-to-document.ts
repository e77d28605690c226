import { type DescribedAnswer, type DescribedOperation, faultOf, operations } from './document-in-use.ts';

type Headers = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A request and its answer, as they were on the wire. */
export interface Exchange {
  /** The name of its route. */
  readonly operation: string;
  readonly request: {
    readonly method: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly query: Readonly<Record<string, unknown>>;
    readonly headers: Headers;
    /** `null` when it was not kept. */
    readonly body: string | null;
  };
  readonly answer: {
    readonly status: number;
    readonly headers: Headers;
    readonly body: string;
  };
}

/** What HTTP and every answer have, of which a document of one API does not speak. */
const ofAllAnswers = new Set([
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-resource-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'strict-transport-security',
  'vary',
  'x-content-type-options',
  'x-frame-options',
]);

const mediaTypeOf = (headers: Headers) =>
  String(headers['content-type'] ?? '')
    .split(';', 1)[0]
    ?.trim()
    .toLowerCase() ?? '';

const isJson = (type: string) => type === 'application/json' || type.endsWith('+json');

/** Accepted as a whole, whatever its items are: each gets an answer of its own. */
const answersEachItem = new Set(['sendEvents']);

/**
 * What of an exchange the document does not say: of the answer always, and of the request when it was accepted. A request
 * that was refused may be anything.
 */
export function breachOfDocument({ operation: name, request, answer }: Exchange): string | null {
  const operation = operations.get(name);
  if (operation === undefined) return `the document has no operation ${name}`;
  const isAccepted = answer.status < 300;
  return breachOfAnswer(operation, request.method, answer) ?? (isAccepted ? breachOfRequest(operation, request) : null);
}

function breachOfAnswer(
  { responses }: DescribedOperation,
  method: string,
  { status, headers, body }: Exchange['answer'],
): string | null {
  const described = responses[status];
  if (described === undefined) return `the document has no answer ${status}`;
  return breachOfHeaders(described, headers) ?? (method === 'HEAD' ? null : breachOfBody(described, headers, body));
}

function breachOfHeaders({ headers: described = {} }: DescribedAnswer, headers: Exchange['answer']['headers']) {
  for (const name of Object.keys(headers))
    if (described[name] === undefined && !ofAllAnswers.has(name)) return `the document has no header ${name}`;
  for (const [name, { required, schema }] of Object.entries(described)) {
    const value = headers[name];
    if (value === undefined && required === true) return `the header ${name} is missing`;
    const fault = value === undefined ? null : faultOf(schema, String(value));
    if (fault !== null) return `the header ${name}: ${fault}`;
  }
  return null;
}

function breachOfBody({ content }: DescribedAnswer, headers: Exchange['answer']['headers'], body: string) {
  if (content === undefined) return body === '' ? null : 'the document has no body';
  const type = mediaTypeOf(headers);
  const described = content[type];
  if (described === undefined) return `the document has no body of type ${type}`;
  const fault = faultOf(described.schema, isJson(type) ? JSON.parse(body) : body);
  return fault === null ? null : `the body: ${fault}`;
}

function breachOfRequest(
  { operationId, parameters = [], requestBody }: DescribedOperation,
  request: Exchange['request'],
) {
  const given = { path: request.params, query: request.query, header: request.headers };
  for (const { in: place, name, required, schema, explode } of parameters) {
    const value = explode === true ? undefined : given[place][name];
    if (value === undefined && required === true) return `a request without ${name} was accepted`;
    const fault = value === undefined ? null : faultOf(schema, value);
    if (fault !== null) return `a request was accepted whose ${name} is not as the document says: ${fault}`;
  }
  const exploded = parameters.filter((each) => each.explode === true);
  const named = new Set(parameters.filter((each) => each.in === 'query').map((each) => each.name));
  for (const name of named.size === 0 ? [] : Object.keys(request.query))
    if (!named.has(name) && !exploded.some(({ schema }) => faultOf(schema, { [name]: request.query[name] }) === null))
      return `a request with the query parameter ${name} was accepted`;
  if (requestBody === undefined || request.body === null || answersEachItem.has(operationId)) return null;
  const type = mediaTypeOf(request.headers);
  const ofAnyType = requestBody.content['*/*'];
  // A CloudEvent in the binary mode: its data is the body, whatever its type.
  const isData = ofAnyType !== undefined && request.headers['ce-specversion'] !== undefined;
  const described = isData ? ofAnyType : requestBody.content[type];
  if (described === undefined) return `a request with a body of type ${type} was accepted`;
  const fault = faultOf(described.schema, isJson(type) ? JSON.parse(request.body) : request.body);
  return fault === null ? null : `a request was accepted whose body is not as the document says: ${fault}`;
}
