import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Canary {
  readonly name: string;
  /** Of letters and digits alone, so that it stays as it is wherever it is put. */
  readonly text: string;
}

/** Secrets that are planted, each with a name for where it was. */
export function plantingCanaries() {
  const planted: Canary[] = [];
  return {
    planted,
    plant(name: string): string {
      const text = `canary${randomBytes(8).toString('hex')}`;
      planted.push({ name, text });
      return text;
    },
  };
}

/** The names of those that are in a text, as they are or in base64. */
export const foundIn = (text: string | Buffer, canaries: readonly Canary[]): readonly string[] =>
  canaries.filter((canary) => formsOf(canary).some((form) => text.includes(form))).map(({ name }) => name);

/** In base64 a text looks different behind nothing, one byte and two; its last digits depend on what follows. */
const formsOf = ({ text }: Canary): readonly string[] => [
  text,
  ...[0, 1, 2].map((before) =>
    Buffer.from(`${'x'.repeat(before)}${text}`)
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  ),
];

/** Those that are in some file of a folder, with the file. */
export const foundInFolder = (folder: string, canaries: readonly Canary[]): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return foundIn(readFileSync(path), canaries).map((canary) => `${canary} in ${path}`);
    });
