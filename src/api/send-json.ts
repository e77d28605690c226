import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { JSON_CONTENT_TYPE } from './event-json.ts';

/**
 * Sends a JSON text whose pieces are made as they are asked for: each so large that it is worth a write to the connection.
 * A single one goes as a whole; of several, no more is made than the connection takes, so that the text is never in memory
 * at one time.
 */
export async function sendJsonPieces(reply: FastifyReply, pieces: AsyncGenerator<string>): Promise<FastifyReply> {
  reply.header('content-type', JSON_CONTENT_TYPE);
  const first = await pieces.next();
  const second = first.done === true ? first : await pieces.next();
  if (second.done === true) return reply.send(first.value ?? '');
  return reply.send(Readable.from(chain([first.value ?? '', second.value], pieces), { objectMode: false }));
}

async function* chain(first: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield* first;
  yield* rest;
}
