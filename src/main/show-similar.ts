import type { z } from 'zod';
import type { similarFailuresAnswer } from '../api/answers/similar-failures.ts';
import type { ShowSimilar } from '../cli/similar.ts';
import type { Config } from '../config/config.ts';
import { askSystem } from './ask-system.ts';
import { plain } from './terminal-text.ts';

type Similar = z.output<typeof similarFailuresAnswer>;

const MOST_TEXT = 2_000;
const text = (written: string) => plain(written, MOST_TEXT);

export async function showSimilar(config: Config, { id, limit, output }: Parameters<ShowSimilar>[0]): Promise<void> {
  const similar = await askSystem<Similar>(config, { path: `/v1/events/${id}/similar?limit=${limit}` });
  process.stdout.write(output === 'json' ? `${JSON.stringify(similar)}\n` : drawSimilar(similar));
}

export function drawSimilar({ items }: Similar): string {
  if (items.length === 0) return 'No failure is similar enough.\n';
  return `${items.map((item) => linesOf(item).join('\n')).join('\n\n')}\n`;
}

function linesOf({ score, failureGroup, eventId, why, explanation }: Similar['items'][number]): readonly string[] {
  const { id, title, status, events, lastSeenAt, note, replays, handler } = failureGroup;
  const seen = events === null ? '' : `, ${events} ${events === 1 ? 'event' : 'events'}, last seen ${lastSeenAt}`;
  const same = [...(why.sameHandler ? ['the same handler'] : []), ...(why.sameClass ? ['the same class'] : [])];
  return [
    `${score.toFixed(2)}  ${text(title)}`,
    `      failure group ${id}, ${status}${handler === null ? '' : `, handler ${plain(handler)}`}${seen}`,
    `      such as event ${eventId}`,
    `      ${text(why.text)}${same.length === 0 ? '' : ` It is ${same.join(' and ')}.`}`,
    ...(note === null ? [] : [`      resolved: ${text(note)}`]),
    ...(replays === null || replays.processed + replays.failed === 0
      ? []
      : [`      replays: ${replays.processed} processed, ${replays.failed} failed`]),
    ...(explanation === null ? [] : [`      explained: ${text(explanation.probableCause)}`]),
  ];
}
