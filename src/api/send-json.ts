import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { JSON_CONTENT_TYPE } from './event-json.ts';

/**
 * Sends a JSON text whose pieces are made as they are asked for. A short one goes as a whole; of a long one no more is
 * made than the connection takes, so that it is never in memory at one time.
 */
export const sendJsonPieces = (
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
  pieceLength: number,
): Promise<FastifyReply> => sendPieces(reply, pieces, pieceLength, JSON_CONTENT_TYPE);

/** The same for a text of another type. */
export async function sendPieces(
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
  pieceLength: number,
  contentType: string,
): Promise<FastifyReply> {
  reply.header('content-type', contentType);
  const grouped = group(pieces, pieceLength);
  const first = await grouped.next();
  const second = first.done === true ? first : await grouped.next();
  if (second.done === true) return reply.send(first.value ?? '');
  return reply.send(Readable.from(chain([first.value ?? '', second.value], grouped), { objectMode: false }));
}

/** Small pieces together: each write to a connection costs more than a small piece is worth. */
async function* group(pieces: AsyncIterable<string>, length: number): AsyncGenerator<string, undefined> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length < length) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

async function* chain(first: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield* first;
  yield* rest;
}
