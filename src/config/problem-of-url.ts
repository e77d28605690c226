/**
 * What keeps a URL from being read as it was meant, in words that repeat none of it; `null` when nothing does. A password
 * with a raw character that means something in a URL is cut there, and what is left may well be a URL: of another host.
 */
export function problemOfUrl(text: string): string | null {
  const rest = text.slice(text.indexOf('://') + 3);
  if (rest.includes('#')) return raw('#', '%23');
  if (/\s/.test(rest)) return raw('space', '%20');
  if (/%(?![0-9A-Fa-f]{2})/.test(rest)) return 'has a % that begins no percent-encoding; a % itself is written as %25';
  const [, authority = '', behind = ''] = /^([^/?]*)(.*)$/s.exec(rest) ?? [];
  const isCut = !authority.includes('@') && /^[^=]*@/.test(behind);
  if (isCut) return behind.startsWith('/') ? raw('/', '%2F') : raw('?', '%3F');
  return null;
}

const raw = (character: string, encoded: string) =>
  `has a raw ${character}; in a user or password it is written as ${encoded}, as are the others that mean something in a URL (: %3A, / %2F, ? %3F, # %23, @ %40, % %25)`;
