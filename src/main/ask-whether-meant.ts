import { createInterface } from 'node:readline/promises';
import { CannotStart } from './cannot-start.ts';

/** Goes on when that is meant. Without a terminal there is no one to ask. @throws {CannotStart} it is not. */
export async function askWhetherMeant(what: string): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  if (!isTerminal) throw new CannotStart(`Nothing was done: say --yes where it cannot be asked whether that is meant`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what}? Say yes: `);
  terminal.close();
  if (answer.trim().toLowerCase() !== 'yes') throw new CannotStart('Nothing was done');
}
