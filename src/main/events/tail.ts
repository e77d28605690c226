import { setTimeout as sleep } from 'node:timers/promises';
import type { TransitionMessage } from '../../api/live-stream/transition-message.ts';
import { createBackoff } from '../../application/backoff.ts';
import type { TailRequest } from '../../cli/events.ts';
import type { Config } from '../../config/config.ts';
import { bodyOf, NoAnswer, openAnswer, Refused } from '../ask-system.ts';
import { CannotStart } from '../cannot-start.ts';
import { print, readerMayLeave } from '../results-of-commands.ts';
import { duration, plain } from '../terminal-text.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** A system says something every 5 seconds. */
const LONGEST_SILENCE_MS = 15_000;

/**
 * Shows the last transitions and, when that is wanted, those that follow, until SIGINT. After a lost connection it goes on
 * behind what was seen.
 */
export async function tail(config: Config, request: TailRequest): Promise<void> {
  readerMayLeave();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
  const backoff = createBackoff({ firstMs: 500, longestMs: 5_000 });
  const shown: TransitionMessage[] = [];
  const show = async (message: TransitionMessage) => {
    if (request.output === 'json' && !request.follow) shown.push(message);
    else await print(request.output === 'table' ? `${lineOf(message)}\n` : `${JSON.stringify(message)}\n`);
  };
  for (let place: string | null = null, isOver = false; !isOver; ) {
    try {
      for await (const message of messagesOf(config, request, place)) {
        backoff.reset();
        place = message.id ?? place;
        if (message.event === 'message') await show(JSON.parse(message.data));
        else if (message.event === 'ended') throw endOf(message.data);
        else if (message.event === 'caught-up' && !request.follow) {
          isOver = true;
          break;
        }
      }
    } catch (error) {
      if (place === null || !isPassing(error)) throw error;
      process.stderr.write(`${(error as Error).message}. Trying again\n`);
    }
    if (!isOver) await sleep(backoff.next());
  }
  if (request.output === 'json' && !request.follow) await print(`${JSON.stringify(shown)}\n`);
}

async function* messagesOf(
  config: Config,
  { type, source, client, status, event, lines }: TailRequest,
  place: string | null,
) {
  const filters = Object.entries({ type, source, client, status, eventId: event, recent: String(lines) });
  const query = new URLSearchParams(filters.filter((entry): entry is [string, string] => entry[1] !== undefined));
  const answer = await openAnswer(config, `/v1/stream?${query.toString()}`, {
    longestMs: LONGEST_SILENCE_MS,
    ...(place === null ? {} : { headers: { 'last-event-id': place } }),
  });
  yield* readServerSentEvents(bodyOf(answer, LONGEST_SILENCE_MS));
}

/** The system ended the stream: for a while, or because it has to be asked in another way. */
function endOf(data: string): Error {
  const { code, detail } = JSON.parse(data) as { readonly code: string; readonly detail: string };
  const message = `The stream was ended (${plain(code)}): ${plain(detail)}`;
  return code === 'unauthenticated' ? new CannotStart(message) : new NoAnswer(message);
}

/** Whether it may be otherwise in a moment. Errors of the connection have no class of ours. */
const isPassing = (error: unknown) =>
  error instanceof NoAnswer ||
  (error instanceof Refused ? error.status === 429 || error.status >= 500 : !(error instanceof CannotStart));

const STATUS_WIDTH = 10;
const TRANSITION_WIDTH = 21;

function lineOf(message: TransitionMessage): string {
  const { recordedAt, status, transition, eventId, type, source, attempt, generation } = message;
  const notes = [
    attempt === null ? null : `attempt ${attempt}`,
    generation === null || generation === 0 ? null : `generation ${generation}`,
    message.durationMs === null ? null : duration(message.durationMs),
    message.dueAt === null ? null : `due ${message.dueAt}`,
    message.reason && plain(message.reason),
    message.error && plain(message.error),
  ].filter((note) => note !== null && note !== '');
  const columns = [recordedAt, eventId, status.padEnd(STATUS_WIDTH), transition.padEnd(TRANSITION_WIDTH)];
  return `${columns.join('  ')}  ${plain(type)} from ${plain(source)}  ${notes.join(', ')}`.trimEnd();
}
