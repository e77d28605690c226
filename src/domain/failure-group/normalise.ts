/** Words after which a quoted text is a name in the code or the schema, and not a value: which one it is matters. */
const naming =
  /(?:constraint|column|relation|table|index|reading|setting|property|properties|field|type|module|function|method|role|database|schema|queue|topic|exchange|package|header|parameter|argument|variable|key|enum|operator|option|route|scope|permission|import|export|of)\s*$/i;
const name = /^[\p{L}_$][\p{L}_$.-]{0,60}$/u;

/** Numbers and codes after these words say what went wrong. */
const beforeCode =
  /\b(?:status|code|http(?:\/[\d.]+)?|errno|error|sqlstate|signal|exit(?:ed)?)(?:\s?(?:code|with|is|was|of|:|=))*\s*[([]?$/i;
/** And after these a status of HTTP does. */
const beforeStatus =
  /\b(?:answer(?:s|ed)?|return(?:s|ed)?|respon(?:ds|ded|se)|fail(?:s|ed)|got|received|rejected|said)(?:\s?(?:with|is|was|of|:|=|a|an))*\s*[([]?$/i;
/** Of a message, this much is looked at for those words. */
const WORDS_BEFORE = 40;

/** Ports below are those of services; above they are given out by turns. */
const LAST_PORT_OF_SERVICES = 32_767;

const topLevel =
  'com|net|org|io|dev|local|localhost|internal|lan|example|test|invalid|svc|cloud|app|co|eu|de|uk|us|home|intra|corp';

const jwt = /\beyJ[\w-]+(?:\.[\w-]+){1,2}/g;
const clock = /\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\b/g;
const loopback6 = /(?<![\w:])::1:(\d{2,5})\b/g;
const fileAndLine = /\b[\w.-]+\.(?:[cm]?[jt]sx?|json|py|rb|go|java|sql|ya?ml)(?::\d+){1,2}\b/gi;
const time = /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/gi;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const url = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>”’)\]}]+/gi;
const email = /[^\s"'`<>@:,;()]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;
const ipv4 = /\b(?:\d{1,3}\.){3}\d{1,3}\b(?::(\d{1,5})\b)?/g;
const ipv6 = /\[?(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\b\]?(?::(\d{1,5})\b)?/gi;
const hostAndPort = /\b[a-z0-9][a-z0-9_-]{0,62}(?:\.[a-z0-9_-]{1,63}){0,8}:(\d{2,5})\b/gi;
const hostName = new RegExp(
  `\\b(?:localhost|[a-z0-9_-]{1,63}(?:\\.[a-z0-9_-]{1,63}){0,8}\\.(?:${topLevel}))\\b(?!\\.\\w)`,
  'gi',
);
const hostAfterWord =
  /\b(ENOTFOUND|EAI_AGAIN|getaddrinfo|hostname|host|server at)(\s+["'`]?)(?!ENOTFOUND|EAI_AGAIN|name|is\b|was\b|not\b|for\b|unreachable|down\b|has\b|key\b)([a-z0-9][\w.-]*)/gi;
const windowsPath = /\b[a-z]:\\[^\s"'`<>|]*/gi;
const path = /(?<![\w<>…])(?:…|~|\.{1,2})?(?:\/[\w.@%+~-]+){2,}\/?/g;
const quoted = /"([^"\n]{0,400})"|'([^'\n]{0,400})'(?![\p{L}])|`([^`\n]{0,400})`|“([^”\n]{0,400})”|‘([^’\n]{0,400})’/gu;
const json = /\{[^{}]*["'][^{}]*\}|\[[^[\]]*["'\d][^[\]]*\]/g;
/** Words in which letters and digits are mixed, and long ones of hexadecimal digits. */
const mixed = /(?<![\w<-])(?=[a-z_-]*\d|\d[\w-]*[a-z])(?=[\w-]*[a-z])[a-z0-9][\w-]*/gi;
const number = /(?<![\w<])[-+]?\d+(?:[.,]\d+)*(?![\w>])/g;

/** Names in which digits belong to the word. */
const words =
  /^(?:utf-?(?:8|16)|sha-?(?:1|256|384|512)|md5|base64|ipv[46]|http[12]|https?|tlsv?[\d_]*|sslv?[\d_]*|oauth2|s3|ec2|e2big|es256|rs256|hs256|x509|int(?:8|16|32|64)|uint(?:8|16|32|64)|float(?:32|64)|i18n|l10n|k8s|p12|pkcs\w*|ora-\d+|ts\d+|err_\w+|e[a-z]{2,}\d?)$/i;
/** A quantity: what is said with another number is the same failure. */
const quantity =
  /^[-+]?\d+(?:[.,]\d+)*(?:ns|us|µs|ms|s|sec|secs|m|min|h|d|b|kb|kib|mb|mib|gb|gib|tb|k|g|x|px|st|nd|rd|th)$/i;

/**
 * A message without what differs from case to case: times, ids, URLs, addresses of mail, hosts, paths, quoted values and
 * numbers. What says which failure it is stays: status codes, error codes, ports of services, and quoted names of the code or
 * the schema after a word such as `column`.
 */
export function normalised(message: string, { keepsPaths = false }: { readonly keepsPaths?: boolean } = {}): string {
  const portOf = (port: string | undefined) =>
    port === undefined ? '' : Number(port) <= LAST_PORT_OF_SERVICES ? `:${shielded(port)}` : ':<port>';
  let text = message.toWellFormed().normalize('NFC');
  text = text.replace(/\bworker-\S+/g, '<worker>');
  text = text
    .replace(uuid, '<id>')
    .replace(time, '<time>')
    .replace(clock, '<time>')
    .replace(jwt, '<id>')
    .replace(url, '<url>')
    .replace(email, '<email>');
  text = text.replace(loopback6, (_, port: string) => `<host>${portOf(port)}`);
  text = text.replace(ipv4, (_, port?: string) => `<host>${portOf(port)}`);
  text = text.replace(ipv6, (found, port?: string) => (/[0-9a-f]/i.test(found) ? `<host>${portOf(port)}` : found));
  if (!keepsPaths) text = text.replace(windowsPath, '<path>').replace(path, '<path>');
  text = text.replace(json, (found) => (/["']\s*:|["']\s*[,\]]|^\[\s*[\d"']/.test(found) ? '<json>' : found));
  text = text.replace(quoted, (found, ...rest) => {
    const content = rest.slice(0, 5).find((each) => each !== undefined) as string;
    return naming.test(before(text, rest.at(-2) as number)) && name.test(content)
      ? `"${shieldedDigits(content)}"`
      : /^<\w+>(?::\S*)?$/.test(content)
        ? found
        : '<value>';
  });
  text = text.replace(fileAndLine, '<path>');
  text = text.replace(hostAfterWord, (_, word: string, between: string) => `${word}${between}<host>`);
  text = text.replace(hostAndPort, (found, port: string) =>
    /[.\d_-].*:/.test(found) || /^localhost:/i.test(found) ? `<host>${portOf(port)}` : found,
  );
  text = text.replace(hostName, '<host>');
  text = text.replace(mixed, (word, offset: number, all: string) => {
    if (words.test(word)) return shieldedDigits(word);
    if (quantity.test(word)) return `<number>${word.replace(/^[-+\d.,]+/, '')}`;
    return isCode(all, offset) && word.length <= 12 ? shieldedDigits(word) : '<id>';
  });
  text = text.replace(number, (found, offset: number, all: string) =>
    isCode(all, offset) || isStatus(found, all, offset) ? shieldedDigits(found) : '<number>',
  );
  return unshielded(text).replaceAll(/\s+/g, ' ').trim();
}

const before = (all: string, offset: number) => all.slice(Math.max(0, offset - WORDS_BEFORE), offset);
const isCode = (all: string, offset: number) => beforeCode.test(before(all, offset));
/** After the words that come before one, before its own, as in `404 Not Found`, or where a reply begins, as in `550 mailbox unavailable`. */
const isStatus = (found: string, all: string, offset: number) =>
  /^[1-5]\d\d$/.test(found) &&
  (beforeStatus.test(before(all, offset)) ||
    (offset === 0 && /^[45]/.test(found) && /^[ -]/.test(all.slice(found.length))) ||
    /^\s*(?:[A-Z][a-z]+|status|error)\b/.test(all.slice(offset + found.length)));

// Digits that stay are written in characters of the private use area until the end, so that no later step takes them.
const ZERO = 0xe000;
const shieldedDigits = (text: string) => text.replaceAll(/\d/g, (digit) => String.fromCodePoint(ZERO + Number(digit)));
const shielded = shieldedDigits;
const unshielded = (text: string) =>
  text.replaceAll(/[\ue000-\ue009]/g, (digit) => String((digit.codePointAt(0) as number) - ZERO));
