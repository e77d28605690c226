import { fastify } from 'fastify';

const server = fastify();
server.post('/v1/events', async (_request, reply) => reply.code(201).send({ id: 'none' }));
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`);
process.once('SIGTERM', () => process.exit(0));
