import { textOf } from './project-files.ts';

export interface Snippet {
  readonly page: string;
  readonly language: string;
  readonly code: string;
}

/** What stands between fences on a page, in its order. */
export const snippetsOf = (page: string): readonly Snippet[] =>
  [...textOf(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    page,
    language,
    code,
  }));
