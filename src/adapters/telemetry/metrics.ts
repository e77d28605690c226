import { createServer, type Server } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Subscriber } from '../../application/run-subscription.ts';

export interface Metrics {
  /** The same subscriber, counted: what it handled by type, how large its batches are and how long they take. */
  counted(subscriber: Subscriber): Subscriber;
  /** A gauge that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number): void;
  /** Serves `/metrics` in Prometheus' text format. Resolves once it listens; `close` is safe twice. */
  listen(host: string, port: number): Promise<{ readonly port: number; close(): Promise<void> }>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const handled = new Counter({
    name: 'eventops_transitions_handled_total',
    help: 'Transitions whose effect is stored, by subscriber and type.',
    labelNames: ['subscriber', 'type'],
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'eventops_subscriber_batch_seconds',
    help: 'Time to handle one batch of transitions.',
    labelNames: ['subscriber'],
    buckets: [0.001, 0.005, 0.02, 0.05, 0.2, 1, 5],
    registers,
  });
  const progress = new Gauge({
    name: 'eventops_subscriber_last_handled_timestamp_seconds',
    help: 'When the subscriber last finished a batch.',
    labelNames: ['subscriber'],
    registers,
  });

  return {
    counted: (subscriber) => ({
      name: subscriber.name,
      load: () => subscriber.load(),
      handle: async (transitions, checkpoint) => {
        const done = batchSeconds.startTimer({ subscriber: subscriber.name });
        await subscriber.handle(transitions, checkpoint);
        done();
        progress.setToCurrentTime({ subscriber: subscriber.name });
        const counts = new Map<string, number>();
        for (const { type } of transitions) counts.set(type, (counts.get(type) ?? 0) + 1);
        for (const [type, count] of counts) handled.inc({ subscriber: subscriber.name, type }, count);
      },
      caughtUp: () => subscriber.caughtUp?.(),
    }),
    gauge: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    listen: async (host, port) => {
      const server = createServer((request, response) => {
        if (request.method !== 'GET' || request.url !== '/metrics') {
          response.writeHead(404).end();
          return;
        }
        registry.metrics().then(
          (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
          () => response.writeHead(500).end(),
        );
      });
      await listening(server, host, port);
      const address = server.address();
      return {
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () =>
          new Promise((resolve) => {
            server.closeAllConnections();
            server.close(() => resolve());
          }),
      };
    },
  };
}

const listening = (server: Server, host: string, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
