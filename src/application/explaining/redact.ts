export interface Redacted {
  readonly text: string;
  /** How often something was replaced, by kind. */
  readonly replaced: Readonly<Record<string, number>>;
}

interface Kind {
  readonly name: string;
  readonly pattern: RegExp;
  /** Whether what looks like one is one. */
  readonly isOne?: (found: string) => boolean;
  /** What stays in front of it. */
  readonly keeps?: (found: string, ...groups: readonly (string | undefined)[]) => string;
}

/** Names of what is secret, also within longer names; short ones only where a name begins with them. */
const secretName =
  '(?:api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|secret|pass(?:word|wd|phrase)|token|credential|authorization|cookie|signature|session|jwt|(?<![A-Za-z])(?:auth|pass|pwd|sid|sig|sas|otp|pin|cvv|cvc|ssn|bearer))';

/** In the order in which they are looked for: what is larger comes before what could be a part of it. */
const kinds: readonly Kind[] = [
  { name: 'private key', pattern: /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g },
  { name: 'cookie', pattern: /\b((?:set-)?cookie\s*[:=]\s*)[^\n\r]+/gi, keeps: (_, name = '') => name },
  {
    name: 'credentials',
    pattern:
      /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|digest|negotiate|aws4-hmac-sha256|token|apikey)\s+)?[^\n\r"']+/gi,
    keeps: (_, name = '') => name,
  },
  { name: 'credentials', pattern: /\b((?:basic|bearer|negotiate)\s+)[\w+/=~.-]{8,}/gi, keeps: (_, name = '') => name },
  {
    name: 'credentials in a URL',
    pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'<>]{0,500}@/gi,
    keeps: (_, scheme = '') => scheme,
  },
  {
    name: 'query',
    pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s?#"'<>]{0,500}\?)[^\s"'<>]+/gi,
    keeps: (_, before = '') => before,
  },
  { name: 'query', pattern: /(\?)(?=[\w.[\]%-]+=)[^\s"'<>]+/g, keeps: (_, before = '') => before },
  { name: 'token', pattern: /\beyJ[\w-]{5,}(?:\.[\w-]*){0,4}/g },
  {
    name: 'token',
    pattern:
      /\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{12,}|sk-[\w-]{12,}|[spr]k_(?:live|test)_\w{8,}|whsec_\w{8,}|xox[abeoprs]-[\w-]{8,}|xapp-[\w-]{8,}|AIza[\w-]{20,}|ya29\.[\w-]{10,}|AKIA[A-Z0-9]{12,}|ASIA[A-Z0-9]{12,}|SG\.[\w-]{8,}\.[\w-]{8,}|npm_\w{20,}|pypi-[\w-]{16,}|dop_v1_\w{16,}|hf_\w{16,}|eo_\w{20,}|shpat_\w{16,}|EAA\w{16,}|key-[0-9a-f]{20,}|sq0\w{3}-[\w-]{16,}|AGE-SECRET-KEY-\w+|lin_api_\w{16,}|PMAK-[\w-]{16,}|\d{8,10}:AA[\w-]{30,})/g,
  },
  {
    name: 'secret',
    pattern: new RegExp(
      `(${secretName}[\\w-]{0,20}\\\\*["'\`]?\\s*(?:[:=]|=>|is(?=\\s+["'\`]|\\s+\\S*\\d))\\s*\\\\*)(?:"[^"\\n]*"?|'[^'\\n]*'?|\`[^\`\\n]*\`?|[^\\s,;&)\\]}]+)`,
      'gi',
    ),
    keeps: (_, name = '') => name,
  },
  { name: 'e-mail', pattern: /[^\s"'`<>@:,;()[\]{}=]{1,64}@[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,8}/gu },
  { name: 'account', pattern: /\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b/g, isOne: isIban },
  { name: 'card', pattern: /\b\d(?:[ -]?\d){12,18}\b/g, isOne: isCard },
  { name: 'IP address', pattern: /\b(?:\d{1,3}\.){3}\d{1,3}\b/g },
  {
    name: 'IP address',
    pattern:
      /(?<![\w:.])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:.])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![\w:])/gi,
    isOne: (found) => found.length > 2,
  },
  { name: 'phone', pattern: /(?<![\w.])(?:\+|00)\d{1,3}(?:[ ()./-]{0,2}\d){6,12}(?![\w])/g },
  { name: 'phone', pattern: /(?<![\w.-])\(?0?\d{2,5}\)?[ /-]\d{3,4}[ -]\d{3,5}(?![\w-])/g },
  { name: 'social security number', pattern: /\b\d{3}-\d{2}-\d{4}\b/g },
  // An account, a customer, an order: whoever needs to know which has the history.
  { name: 'number', pattern: /(?<![\w.-])\d{7,}(?![\w.-]*[a-z])/gi },
  { name: 'token', pattern: /(?<![\w/+.-])(?=[\w+-]*\d)(?=[\w+-]*[a-z])(?=[\w+-]*[A-Z])[\w+-]{20,}={0,2}/g },
  { name: 'token', pattern: /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{24,}\b/gi },
];

/**
 * A text without secrets and personal data. What is replaced is named by its kind, so that the text still reads. When in doubt
 * it is replaced: an explanation needs no values.
 */
export function redact(given: string): Redacted {
  const replaced: Record<string, number> = {};
  let text = given;
  for (const { name, pattern, isOne = () => true, keeps = () => '' } of kinds)
    text = text.replace(pattern, (found: string, ...groups) => {
      const kept = keeps(found, ...groups.filter((each) => typeof each === 'string' || each === undefined));
      const value = found.slice(kept.length);
      if (!isOne(found) || /^["'`]?<[a-z A-Z-]+>["'`]?$/.test(value)) return found;
      replaced[name] = (replaced[name] ?? 0) + 1;
      return `${kept}<${name}>`;
    });
  return { text, replaced };
}

/** ISO 7812: the last digit checks the others. */
function isCard(found: string): boolean {
  const digits = found.replaceAll(/\D/g, '');
  if (digits.length < 13 || digits.length > 19) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the number that it stands for leaves 1 over 97. */
function isIban(found: string): boolean {
  const text = found.replaceAll(' ', '');
  if (text.length < 15 || text.length > 34) return false;
  const moved = text.slice(4) + text.slice(0, 4);
  let remainder = 0;
  for (const character of moved)
    for (const digit of String(Number.parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97;
  return remainder === 1;
}
