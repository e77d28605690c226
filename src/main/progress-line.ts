const START_OF_LINE = '\r';
const TO_END_OF_LINE = '\u001B[K';

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line that is written over and over at a terminal. Elsewhere each is a line of its own, and none comes twice. */
export function createProgressLine(terminal: Terminal): { show(text: string): void; close(): void } {
  let last = '';
  const isTerminal = terminal.isTTY === true;
  return {
    show(text) {
      if (text === last) return;
      last = text;
      const cut = [...text].slice(0, (terminal.columns ?? 80) - 1).join('');
      terminal.write(isTerminal ? `${START_OF_LINE}${cut}${TO_END_OF_LINE}` : `${text}\n`);
    },
    close() {
      if (isTerminal && last !== '') terminal.write(`${START_OF_LINE}${TO_END_OF_LINE}`);
    },
  };
}
