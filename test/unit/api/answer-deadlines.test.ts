import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { fastify } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { defaultLimits, type Limits } from '../../../src/api/limits.ts';
import { addAnswerDeadlines } from '../../../src/api/plugins/answer-deadlines.ts';
import { manualClock } from '../../support/api/manual-clock.ts';

/** More than the system's own buffers take. */
const tooLong = 'x'.repeat(16 * 1024 * 1024);

/** A client that asks, and has what is sent to it taken by `read` or by nobody. */
async function client(answer: string | Readable, limits: Partial<Limits>, read = false) {
  const clock = manualClock();
  const server = fastify();
  addAnswerDeadlines(server, clock, { ...defaultLimits, ...limits });
  const isSending = Promise.withResolvers<void>();
  server.get('/', (_request, reply) => {
    isSending.resolve();
    return reply.send(answer);
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const connection = once(server.server, 'connection').then(([socket]) => socket);
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  onTestFinished(async () => {
    socket.destroy();
    await server.close();
  });
  if (read) socket.resume();
  else socket.pause();
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await isSending.promise;
  const lost = connection.then((accepted) => once(accepted, 'close'));
  return { clock, lost, socket };
}

it('a client who takes nothing of its answer loses its connection', async () => {
  const { lost } = await client(tooLong, { stalledAnswerMs: 30 });
  await lost;
});

it('a client who reads more slowly than is waited for loses its connection', async () => {
  const { lost, clock } = await client(tooLong, { stalledAnswerMs: 60_000, slowestBytesPerSecond: 1024 * 1024 });
  clock.advance(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(60_000);
  await lost;
});

it('an answer that is made while it is sent is waited for only so long', async () => {
  const endless = new Readable({ read() {} });
  endless.push('x');
  const { lost, clock } = await client(endless, { stalledAnswerMs: 60_000, longestAnswerMs: 60_000 }, true);
  clock.advance(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(60_001);
  await lost;
});

it('a client who reads has its answer, and keeps its connection', async () => {
  const { socket } = await client(tooLong, { stalledAnswerMs: 30_000, slowestBytesPerSecond: 1 }, true);
  let length = 0;
  const whole = new Promise<void>((resolve) =>
    socket.on('data', (bytes: Buffer) => {
      length += bytes.length;
      if (length > tooLong.length) resolve();
    }),
  );
  await whole;
  expect(socket.destroyed).toBe(false);
});
