import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler, preParsingAsyncHookHandler } from 'fastify';
import { valuesOf } from '../intake/header-values.ts';
import type { Limits } from '../limits.ts';
import type { MediaType } from '../media-types.ts';
import { RequestRefused } from '../request-refused.ts';
import type { RouteBody } from '../route.ts';
import { sendProblem } from './problems.ts';
import { takeRoom } from './room.ts';

const utf8Parameters = ['', '; charset=utf-8', ';charset=utf-8', '; charset="utf-8"', ';charset="utf-8"'];

/**
 * Bodies arrive as bytes, whatever they are called: nothing is parsed, coerced or stripped before the route itself
 * looks. Whether the content type is taken is decided by exact comparison, because Fastify's own matching was got
 * around with a tab or a leading space (CVE-2026-25223, GHSA-247c-9743-5963). A body is read once there is room for it.
 */
export function addBodyReading(server: FastifyInstance, limits: Limits): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onRoute', (route) => {
    const body = route.config?.route?.body;
    if (body === undefined) return;
    const others = route.onRequest ?? [];
    route.onRequest = [...(Array.isArray(others) ? others : [others]), refuseOtherContent(body)];
    route.preParsing = admitBody(limits, body);
  });
}

function refuseOtherContent({ content, takesBinaryCloudEvents }: RouteBody): onRequestHookHandler {
  const takes = Object.keys(content);
  const taken = new Set(takes.flatMap((type) => utf8Parameters.map((parameters) => type + parameters)));
  return (request, reply, done) => {
    if (request.headers['content-encoding'] !== undefined) {
      sendProblem(reply, { code: 'content-encoding-refused', detail: 'Send the content as it is, not encoded.' });
      return;
    }
    const [type, another] = valuesOf(request, 'content-type');
    const isTaken = type !== undefined && (taken.has(type) || taken.has(type.toLowerCase()));
    const isData =
      takesBinaryCloudEvents === true &&
      isBinaryCloudEvent(request) &&
      (type === undefined ? !hasBody(request) : isOfData(type));
    if (another === undefined && (isTaken || isData)) done();
    else sendProblem(reply, { code: 'media-type-refused', detail: `Taken here: ${takes.join(', ')}.` });
  };
}

/** Waits for room before the first byte is read. Node reads past the body of a request that is refused here. */
function admitBody(limits: Limits, body: Pick<RouteBody, 'mostBytes' | 'memoryPerByte'>): preParsingAsyncHookHandler {
  const [mostBytes, memoryPerByte] = [limits[body.mostBytes], limits[body.memoryPerByte]];
  const memoryFor = (bytes: number) => limits.memoryOfRequestBytes + bytes * memoryPerByte;
  return async (request, reply, payload) => {
    const announced = Number(request.headers['content-length'] ?? Number.NaN);
    // One that says to be too large is refused for that.
    const bytes = Number.isNaN(announced) ? limits.unannouncedBodyBytes : announced > mostBytes ? 0 : announced;
    const problem = await takeRoom(request, reply, memoryFor(bytes));
    if (problem !== null) return sendProblem(reply, problem);
    request.server.watchBody(request);
    if (!Number.isNaN(announced)) return payload;
    const makeRoom = async (received: number) => {
      const refusal = await takeRoom(request, reply, memoryFor(received + limits.unannouncedBodyBytes));
      if (refusal !== null) throw new RequestRefused(refusal);
    };
    return Readable.from(admittedPieces(payload, limits.unannouncedBodyBytes, makeRoom));
  };
}

/** The body of a request that did not say how long it is, read on only while there is room. */
async function* admittedPieces(
  payload: Readable,
  step: number,
  makeRoom: (received: number) => Promise<void>,
): AsyncGenerator<Buffer> {
  let received = 0;
  let admitted = step;
  // The request would take its connection along, and with it the answer.
  for await (const piece of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    received += piece.length;
    if (received > admitted) {
      await makeRoom(received);
      admitted = received + step;
    }
    yield piece;
  }
}

/** The media type alone; only behind {@link addBodyReading}'s check. */
export const mediaTypeOf = (request: FastifyRequest) =>
  (request.headers['content-type'] ?? '').split(';', 1)[0]?.toLowerCase() as MediaType;

/** Whether a request's headers are those of a CloudEvent, whose data alone is the body. */
export const isBinaryCloudEvent = ({ headers }: FastifyRequest) =>
  !/^application\/cloudevents/i.test(headers['content-type'] ?? '') &&
  ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'].some((name) => headers[name] !== undefined);

/** The type of a CloudEvent's data, which is JSON however `application/json` is spelled. */
export function dataTypeOf(request: FastifyRequest): string {
  const type = request.headers['content-type'] ?? JSON_TYPE;
  return utf8Parameters.includes(type.toLowerCase().slice(JSON_TYPE.length)) && mediaTypeOf(request) === JSON_TYPE
    ? JSON_TYPE
    : type;
}

const JSON_TYPE = 'application/json';
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1 */
const mediaType = new RegExp(`^${token}/${token}(?:[ \\t]*;[ \\t]*${token}=(?:${token}|"[^"\\\\]*"))*$`);
const isOfData = (type: string) => type.length <= 255 && mediaType.test(type);
const hasBody = ({ headers }: FastifyRequest) =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** The bytes of the body; none when there was no body. The request lets go of them: they can be taken once. */
export function takeBody(request: FastifyRequest): Buffer {
  const { body } = request;
  request.body = null;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
