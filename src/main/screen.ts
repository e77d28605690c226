const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
const HOME = '\u001B[H';
const TO_END_OF_LINE = '\u001B[K';
const TO_END_OF_SCREEN = '\u001B[J';
const CLEAR = '\u001B[2J';

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/**
 * A text that is shown again and again. On a terminal each is written over the one before, in one piece and without clearing what
 * stays, so that nothing flickers; what has no room is left out. Elsewhere they follow each other.
 */
export function createScreen(terminal: Terminal): { show(text: string): void; close(): void } {
  if (terminal.isTTY !== true) return { show: (text) => void terminal.write(text), close: () => {} };
  let isFirst = true;
  return {
    show(text) {
      const { columns = 80, rows = 24 } = terminal;
      const lines = text
        .trimEnd()
        .split('\n')
        .slice(0, rows - 1);
      const drawn = lines.map((line) => `${[...line].slice(0, columns).join('')}${TO_END_OF_LINE}\n`).join('');
      terminal.write(`${isFirst ? HIDE_CURSOR + CLEAR : ''}${HOME}${drawn}${TO_END_OF_SCREEN}`);
      isFirst = false;
    },
    close: () => void terminal.write(SHOW_CURSOR),
  };
}
