import { hash } from 'node:crypto';

export interface Planted {
  readonly kind: string;
  /** The text that must not leave the house. */
  readonly secret: string;
  /** A message or payload in which it stands. */
  readonly text: string;
}

const hex = (seed: string, length: number) => hash('sha512', seed, 'hex').slice(0, length);
const word = (seed: string, length: number) =>
  hash('sha512', seed, 'base64url').replaceAll(/[_-]/g, 'x').slice(0, length);
const digits = (seed: string, length: number) =>
  BigInt(`0x${hex(seed, 40)}`)
    .toString()
    .padStart(40, '7')
    .slice(0, length);

/** With the digit that checks the others. */
function card(seed: string): string {
  const most = `4${digits(seed, 14)}`;
  const sum = [...most].reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${most}${(10 - (sum % 10)) % 10}`;
}

function iban(seed: string): string {
  const account = digits(seed, 18);
  const rest = BigInt(`${account}131400`) % 97n;
  return `DE${String(98n - rest).padStart(2, '0')}${account}`;
}

/** Each makes one secret of a seed, and a text around it. */
const makers: Readonly<Record<string, (seed: string) => readonly [secret: string, text: string]>> = {
  'API key in a message': (seed) => [word(seed, 24), `request with api_key=${word(seed, 24)} was refused`],
  'OpenAI key': (seed) => [`sk-${word(seed, 32)}`, `Incorrect API key provided: sk-${word(seed, 32)}`],
  'GitHub token': (seed) => [`ghp_${word(seed, 36)}`, `bad credentials ghp_${word(seed, 36)}`],
  'AWS key': (seed) => [
    `AKIA${word(seed, 16).toUpperCase()}`,
    `InvalidAccessKeyId AKIA${word(seed, 16).toUpperCase()}`,
  ],
  'Stripe key': (seed) => [`sk_live_${word(seed, 24)}`, `{"key":"sk_live_${word(seed, 24)}"}`],
  'Slack token': (seed) => [
    `xoxb-${digits(seed, 11)}-${word(seed, 24)}`,
    `slack said invalid_auth for xoxb-${digits(seed, 11)}-${word(seed, 24)}`,
  ],
  JWT: (seed) => [
    `eyJhbGciOiJIUzI1NiJ9.${word(seed, 40)}.${word(`${seed}s`, 43)}`,
    `jwt expired: eyJhbGciOiJIUzI1NiJ9.${word(seed, 40)}.${word(`${seed}s`, 43)}`,
  ],
  'bearer header': (seed) => [word(seed, 30), `sent { authorization: 'Bearer ${word(seed, 30)}' }`],
  'basic header': (seed) => [word(seed, 28), `Authorization: Basic ${word(seed, 28)}==`],
  cookie: (seed) => [word(seed, 26), `cookie: theme=dark; session=${word(seed, 26)}; lang=en`],
  'URL credentials': (seed) => [
    word(seed, 14),
    `connect to postgres://shop:${word(seed, 14)}@db.internal:5432/shop failed`,
  ],
  'query value': (seed) => [
    word(seed, 12),
    `GET https://api.example.com/orders?customer=${word(seed, 12)}&page=2 answered 500`,
  ],
  password: (seed) => [word(seed, 10), `login failed: password=${word(seed, 10)}`],
  'password in JSON': (seed) => [word(seed, 9), `{"user":"bob","password":"${word(seed, 9)}"}`],
  'e-mail': (seed) => [`${word(seed, 8)}@example.com`, `no mailbox ${word(seed, 8)}@example.com here`],
  'e-mail in JSON': (seed) => [`${word(seed, 8)}@shop.example`, `{"to":["${word(seed, 8)}@shop.example"]}`],
  phone: (seed) => [digits(seed, 7), `cannot call +49 170 ${digits(seed, 7)}`],
  'US phone': (seed) => [`555-${digits(seed, 4)}`, `number (212) 555-${digits(seed, 4)} is not in service`],
  card: (seed) => [card(seed), `card ${card(seed)} was declined`],
  'card in groups': (seed) => [
    (card(seed).match(/.{4}/g) ?? []).join(' '),
    `card ${(card(seed).match(/.{4}/g) ?? []).join(' ')} was declined`,
  ],
  IBAN: (seed) => [iban(seed), `transfer to ${iban(seed)} failed`],
  IPv4: (seed) => [
    `10.${digits(seed, 2)}.7.${digits(`${seed}b`, 2)}`,
    `connect ECONNREFUSED 10.${digits(seed, 2)}.7.${digits(`${seed}b`, 2)}:5432`,
  ],
  IPv6: (seed) => [`2001:db8::${hex(seed, 4)}:1`, `no route to 2001:db8::${hex(seed, 4)}:1 now`],
  'private key': (seed) => [
    word(seed, 60),
    `-----BEGIN PRIVATE KEY-----\n${word(seed, 60)}\n-----END PRIVATE KEY-----`,
  ],
  'account number': (seed) => [digits(seed, 10), `account ${digits(seed, 10)} is closed`],
};

/** As many as are asked for, of each kind in turn, none twice. */
export const plantedSecrets = (count: number): readonly Planted[] =>
  Array.from({ length: count }, (_, index) => {
    const kinds = Object.entries(makers);
    const [kind, make] = kinds[index % kinds.length] as (typeof kinds)[number];
    const [secret, text] = make(`${kind} ${index}`);
    return { kind, secret, text };
  });
