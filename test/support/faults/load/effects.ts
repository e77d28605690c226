import { readFileSync } from 'node:fs';

/** How often handlers had an effect, and how often that was not the first for its event and generation. */
export function countEffects(path: string): { readonly effects: number; readonly 'repeated effects': number } {
  const keys = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return { effects: keys.length, 'repeated effects': keys.length - new Set(keys).size };
}
