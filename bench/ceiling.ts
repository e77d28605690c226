import { fastify } from 'fastify';

const server = fastify();
server.post('/v1/events', async (_request, reply) => reply.code(201).send({ id: 'none' }));
await server.listen({ host: '127.0.0.1', port: 18_002 });
process.stdout.write('listening\n');
process.once('SIGTERM', () => void server.close());
