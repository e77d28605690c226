import { appendFileSync } from 'node:fs';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where tests of the API leave which answers they got. */
    answersSeen: string;
  }
}

export function answersSeen() {
  const counts = new Map<string, number>();
  return {
    saw(route: string | null, status: number, code: string | null): void {
      const kind = JSON.stringify({ route, status, code });
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
    /** Leaves them for the end of the run; other levels, which use the API as well, have no such end. */
    leave(): void {
      const file = inject('answersSeen') as string | undefined;
      if (file === undefined) return;
      const lines = [...counts].map(([kind, count]) => `${JSON.stringify({ ...JSON.parse(kind), count })}\n`);
      counts.clear();
      appendFileSync(file, lines.join(''));
    },
  };
}
