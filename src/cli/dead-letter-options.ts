import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseUuid } from './parse-uuid.ts';
import { parseSince, type Since } from './since.ts';

/** Which dead letters a command is about; the names are those of the API's filters, but for `since`. */
export interface DeadLetterOptions {
  readonly type?: string;
  readonly source?: string;
  readonly client?: string;
  readonly class?: string;
  readonly failure?: string;
  readonly group?: string;
  readonly reason?: string;
  readonly text?: string;
  readonly attemptsAtLeast?: number;
  readonly generationAtLeast?: number;
  /** When they became dead letters. */
  readonly since?: Since;
}

export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number');
  return Number(text);
}

/** Adds the options. @param reason the name of the option for why they died, where `--reason` means something else. */
export const addDeadLetterOptions = (command: Command, reason: '--reason' | '--dead-reason'): Command =>
  command
    .option('--type <type>', 'of the event')
    .option('--source <source>', 'of the event')
    .option('--client <client>', 'whose events')
    .option('--class <class>', 'of the last failure')
    .option('--failure <fingerprint>', 'of the last failure')
    .addOption(
      new Option('--group <id>', 'a failure group, as `dlq groups` shows it').argParser(
        parseUuid('a failure group has a UUID'),
      ),
    )
    .option(`${reason} <reason>`, 'why there is no next attempt: attempts-exhausted, not-retryable, no-handler, poison')
    .option('--text <text>', 'in the class or the message of the last failure')
    .addOption(new Option('--attempts-at-least <number>', 'of its last generation').argParser(parseCount))
    .addOption(new Option('--generation-at-least <number>', 'how often it was replayed').argParser(parseCount))
    .addOption(
      new Option('--since <time>', 'when it died: a time, or how long ago (30m, 2h, 7d)').argParser(parseSince),
    );
