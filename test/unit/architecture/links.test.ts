import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles, textOf } from '../../support/project-files.ts';

/** Places in the project that a page leads to: neither addresses nor anchors, and nothing within code. */
const linksOf = (page: string) =>
  [...page.replace(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .flatMap(([, target]) => target?.split('#')[0] ?? [])
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));

describe('links between pages', () => {
  it('lead to something that is there', () => {
    const dead = projectFiles()
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        linksOf(textOf(path))
          .filter((target) => !existsSync(join(dirname(path), target)))
          .map((target) => `${path}: ${target}`),
      );
    expect(dead).toEqual([]);
  });

  it('are found, but not in code, nor addresses', () => {
    const page =
      '[a](docs/a.md#part) [b](https://example.com) [c](#here) `[d](d.md)`\n```\n[e](e.md)\n```\n![f](f.svg)';
    expect(linksOf(page)).toEqual(['docs/a.md', 'f.svg']);
  });
});
