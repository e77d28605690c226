import type { components } from '../api/schema.d.ts';

export type ConsoleSettings = components['schemas']['ConsoleSettings'];

/** @throws when the server does not answer as this console expects. */
export async function readSettings(): Promise<ConsoleSettings> {
  const answer = await fetch('/console/settings');
  if (!answer.ok) throw new Error(`EventOps answered ${answer.status} to the question how to sign in`);
  return answer.json();
}
