import { describe, expect, it } from 'vitest';
import { systemSecretSource } from '../../../src/adapters/system/secret-source.ts';
import { apiKeyPattern, isWellFormedKey, newKey } from '../../../src/api/api-keys/key-text.ts';
import { textOf } from '../../support/project-files.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** What makes the key with this secret. */
const drawing = (secret: string) => {
  const rest = [...secret];
  return { integer: () => digits.indexOf(rest.shift() ?? '') };
};

describe('the text of an API key', () => {
  // By another implementation: Python's zlib.crc32.
  it.each([
    ['0'.repeat(43), '2CZclj'],
    ['z'.repeat(43), '0UsatS'],
    [digits.slice(0, 43), '37cCQ0'],
    ['RmNoSMIuUBH0JEis3V3o05cT0oeF8jPpldzOEbssdHB', '00vSSh'],
  ])('ends with the CRC-32 of its secret, with zeros before it: %s', (secret, checksum) => {
    const { text, prefix } = newKey(drawing(secret));
    expect(text).toBe(`eo_${secret}${checksum}`);
    expect(prefix).toBe(`eo_${secret.slice(0, 8)}`);
    expect(isWellFormedKey(text)).toBe(true);
  });

  it('is what the page for scanners says', () => {
    const page = textOf('docs/security.md');
    expect(page).toContain(`\n    ${apiKeyPattern.source.slice(1, -1)}\n`);
    expect(page).toContain(`43 zeros it is \`${newKey(drawing('0'.repeat(43))).text.slice(-6)}\``);
  });

  it('is another one each time, of all digits', () => {
    const texts = Array.from({ length: 500 }, () => newKey(systemSecretSource).text);
    expect(new Set(texts).size).toBe(500);
    expect(new Set(texts.flatMap((text) => [...text.slice(3, 46)])).size).toBe(62);
    expect(texts.every(isWellFormedKey)).toBe(true);
  });

  it.each([
    '',
    'eo_',
    `eo_${'0'.repeat(49)}`,
    `eo_${'0'.repeat(43)}2CZcl`,
    `eo_${'0'.repeat(43)}2CZclj\n`,
    'eyJ.e30.x',
  ])('is not: %j', (text) => {
    expect(isWellFormedKey(text)).toBe(false);
  });
});
