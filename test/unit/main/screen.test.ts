import { describe, expect, it } from 'vitest';
import { createScreen } from '../../../src/main/screen.ts';

function screenOn(terminal: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }) {
  const written: string[] = [];
  return { written, screen: createScreen({ ...terminal, write: (text) => void written.push(text) }) };
}

describe('a screen', () => {
  it('writes each text over the one before in one piece, and clears nothing that stays', () => {
    const { written, screen } = screenOn({ isTTY: true });
    screen.show('one\ntwo\n');
    screen.show('three\n');
    expect(written).toEqual([
      '\u001B[?25l\u001B[2J\u001B[Hone\u001B[K\ntwo\u001B[K\n\u001B[J',
      '\u001B[Hthree\u001B[K\n\u001B[J',
    ]);
  });

  it('gives the cursor back', () => {
    const { written, screen } = screenOn({ isTTY: true });
    screen.close();
    expect(written).toEqual(['\u001B[?25h']);
  });

  it('leaves out what has no room, so that the terminal does not scroll', () => {
    const { written, screen } = screenOn({ isTTY: true, columns: 3, rows: 3 });
    screen.show('12345\nab\ncd\nef\n');
    expect(written[0]?.replace('\u001B[?25l\u001B[2J\u001B[H', '')).toBe('123\u001B[K\nab\u001B[K\n\u001B[J');
  });

  it('that is a file or a pipe has one text after the other, and nothing else', () => {
    const { written, screen } = screenOn({});
    screen.show('one\n');
    screen.show('two\n');
    screen.close();
    expect(written).toEqual(['one\n', 'two\n']);
  });
});
