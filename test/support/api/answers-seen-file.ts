import { existsSync, readFileSync } from 'node:fs';

/** One kind of answer, and how many of it. */
export interface AnswersSeen {
  /** The route's name; `null` for what was refused before there was one. */
  readonly route: string | null;
  readonly status: number;
  /** Of a problem; `null` for any other answer. */
  readonly code: string | null;
  readonly count: number;
}

export const readAnswersSeen = (file: string): readonly AnswersSeen[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as AnswersSeen)
    : [];
