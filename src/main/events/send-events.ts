import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { batchAnswer } from '../../api/answers/batch.ts';
import { createBackoff } from '../../application/backoff.ts';
import type { SendRequest } from '../../cli/events.ts';
import type { Config } from '../../config/config.ts';
import { askSystem, NoAnswer, Refused } from '../ask-system.ts';
import { CannotStart } from '../cannot-start.ts';
import { createProgressLine } from '../progress-line.ts';
import { readLines } from '../read-lines.ts';
import { print } from '../results-of-commands.ts';
import { plain } from '../terminal-text.ts';
import { batchesOf, eventLine, type SentLine } from './event-lines.ts';

type Result = z.output<typeof batchAnswer>['results'][number];

/** Tries of one batch, the first included. */
const MOST_TRIES = 6;

/**
 * Sends one event, or each line of a file. Each has an idempotency key before it is sent for the first time, so that what is
 * sent again because its answer was lost is still one event.
 */
export async function sendEvents(config: Config, request: SendRequest): Promise<void> {
  const line = createProgressLine(process.stderr);
  const counts = { sent: 0, known: 0, refused: 0 };
  const isOne = !isMany(request);
  for await (const batch of batchesOf(linesOf(request))) {
    const results = await sendBatch(config, batch, counts.sent + counts.known + counts.refused === 0);
    for (const [index, result] of results.entries()) {
      const number = batch[index]?.number ?? 0;
      if ('problem' in result) {
        counts.refused++;
        line.close();
        process.stderr.write(`${isOne ? '' : `Line ${number}: `}${refusalOf(result)}\n`);
        continue;
      }
      counts[result.status === 201 ? 'sent' : 'known']++;
      if (request.output !== 'table') await print(`${JSON.stringify(result.event)}\n`);
      else if (isOne) await print(`${result.event.id} (${plain(result.event.type)}) is ${result.event.status}\n`);
    }
    if (!isOne) line.show(`${counts.sent + counts.known + counts.refused} lines are sent`);
  }
  line.close();
  const { sent, known, refused } = counts;
  if (sent + known + refused === 0) throw new CannotStart('Nothing was sent: there is no event in it');
  if (!isOne) process.stderr.write(`${sent} events were sent, ${known} were known before, ${refused} were refused\n`);
  if (refused > 0) process.exitCode = 1;
}

const isMany = ({ ndjson, file = '' }: SendRequest) => ndjson || /\.(ndjson|jsonl)$/.test(file);

async function* linesOf(request: SendRequest): AsyncGenerator<SentLine> {
  const { file, data, key = randomUUID() } = request;
  const about = { type: request.type, source: request.source };
  if ((file === undefined) === (data === undefined))
    throw new CannotStart('Give a file, - for standard input, or --data', { isWrongUse: true });
  if (!isMany(request)) {
    const text = data ?? (await buffer(chunksOf(file ?? '-'))).toString();
    return yield { number: 1, text: eventLine(text, { ...about, key }) };
  }
  let number = 0;
  for await (const text of readLines(chunksOf(file ?? '-'))) {
    number++;
    if (text.trim() !== '') yield { number, text: eventLine(text, { ...about, key: `${key}-${number}` }, number) };
  }
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  try {
    yield* file === '-' ? process.stdin : createReadStream(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CannotStart(`${file} cannot be read (${code}); nothing of it was sent`, { cause: error });
  }
}

/** Until each line has a result that stays: those that were refused for a moment are sent again, alone. */
async function sendBatch(config: Config, batch: readonly SentLine[], isFirst: boolean): Promise<readonly Result[]> {
  const results = new Map<SentLine, Result>();
  const backoff = createBackoff({ firstMs: 500, longestMs: 8_000 });
  let left = batch;
  for (let tries = 1; left.length > 0; tries++) {
    let pauseMs = 0;
    try {
      const lines = left.map(({ text }) => `${text}\n`).join('');
      const answer = await askSystem<z.output<typeof batchAnswer>>(config, { path: '/v1/events/batch', lines });
      for (const result of answer.results) {
        const line = left[result.index];
        if (line !== undefined) results.set(line, result);
      }
      left = left.filter((line) => isPassing(results.get(line)?.status ?? 503));
    } catch (error) {
      // Where nothing listened at first, nothing will: the address is wrong.
      const isGone = error instanceof NoAnswer && (!error.isSurelyUndone || !isFirst || tries > 1);
      const isWorthIt = isGone || (error instanceof Refused && isPassing(error.status));
      if (!isWorthIt || tries >= MOST_TRIES) throw error;
      pauseMs = error instanceof Refused ? (error.retryAfterMs ?? 0) : 0;
    }
    if (tries >= MOST_TRIES) break;
    if (left.length > 0) await sleep(Math.max(pauseMs, backoff.next()));
  }
  return batch.flatMap((line) => results.get(line) ?? []);
}

const isPassing = (status: number) => status === 429 || status >= 500;

function refusalOf({ status, problem }: Extract<Result, { readonly problem: unknown }>): string {
  const { title, detail, errors = [] } = problem;
  const where = errors.map(({ pointer, message }) => `\n  ${plain(pointer)}: ${plain(message)}`).join('');
  return `refused (${status}): ${title}${detail === undefined ? '' : `. ${detail}`}${where}`;
}
