import { randomUUID } from 'node:crypto';
import { describe, inject } from 'vitest';
import type {} from './global-setup.ts';
import type { ServiceName } from './shared-instances.ts';

/** A suite that needs a real server: skipped, with the reason in its title, where none can be had. */
export function describeOn(service: ServiceName, title: string, suite: () => void): void {
  const missing = inject('services').missing[service];
  if (missing === null) describe(title, suite);
  else describe.skip(`${title} (skipped: ${missing})`, suite);
}

/** The URL of a database (PostgreSQL) or virtual host (RabbitMQ) that is new, empty and the caller's alone. */
export async function isolated(service: ServiceName): Promise<string> {
  const answer = await fetch(`${inject('services').address}/${service}/test-${randomUUID()}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} did not start: ${text}`);
  return text;
}
