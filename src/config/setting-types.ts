import { isIP } from 'node:net';
import { z } from 'zod';
import { problemOfUrl } from './problem-of-url.ts';

/** What every kind says of itself: the form that is expected, never the value that was given. */
type Expected = `must be ${string}`;

/** Text that is taken as it is. */
export const text = (fallback: string) => z.string().default(fallback);

/** What can name a key in a signed note, such as the URL of a log without its scheme. */
export const keyName = (fallback: string) =>
  z
    .string()
    .regex(/^[^\s\p{Z}\p{Cc}+]{1,200}$/u, {
      error: expects('must be a name such as eventops.example.com/audit: without spaces and plus'),
    })
    .default(fallback);

/** As S3 has it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html. */
export const bucketName = () =>
  z
    .string()
    .regex(/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/, {
      error: expects('must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens'),
    })
    .optional();

/** An address with `{traceId}` in it. */
export const traceUrl = () =>
  z
    .string()
    .regex(/^https?:\/\/[^\s"<>]*\{traceId\}[^\s"<>]*$/, {
      error: expects('must be a URL with {traceId} in it: https://jaeger.example/trace/{traceId}'),
    })
    .optional();

/** One of a few words, written exactly so. */
export const choice = <const Choice extends string>(choices: readonly Choice[]) =>
  z.enum(choices, { error: expects(`must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`) });

/** Decimal digits and nothing else: `0x10`, `1e3`, `+80` and `080` are each read differently by some program. */
export const wholeNumber = (from: number, to: number, fallback: number) => {
  const error = expects(`must be a whole number from ${from} to ${to}, in decimal digits`);
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,15})$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= from && value <= to, { error })
    .default(fallback);
};

/** 0 lets the system choose. */
export const port = (fallback: number) => wholeNumber(0, 65_535, fallback);

const hostName = /^(?!.{254})[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?\.?$/;

/** An address of this machine, or a name of one; an IPv6 address stands bare, as in `::1`. */
export const host = (fallback: string) =>
  z
    .string()
    .refine((value) => isIP(value) !== 0 || hostName.test(value), {
      error: expects(
        'must be an address such as 127.0.0.1 or ::1, or a host name: without scheme, port, spaces and brackets',
      ),
    })
    .default(fallback);

/** What a shell would have expanded, or an env file's reader would have cut off. */
const unexpanded = /^~|\$\{|\$[A-Za-z_]|\s#/;

/** Of a file or folder; relative to where the process was started. */
export const path = (fallback: string) =>
  z
    .string()
    .refine((value) => !unexpanded.test(value), {
      error: expects('must be a path as the system has it: nothing expands ~ or $NAME here, or takes a # comment away'),
    })
    .default(fallback);

/**
 * A list of hosts, as in esdb://one:2113,two:2113, is no URL to `URL`: only what all of them have in common is checked,
 * and each adapter checks the rest of its own.
 */
export const url = (...schemes: readonly string[]) =>
  z
    .string()
    .refine((value) => schemes.some((scheme) => value.startsWith(`${scheme}://`)), {
      error: expects(`must be a URL beginning with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`),
      abort: true,
    })
    .superRefine((value, context) => {
      const message = problemOfUrl(value) ?? (schemes.includes('https') ? problemOfUser(value) : null);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .optional();

/** URLs that are no secrets are shown in the log and in messages. */
const problemOfUser = (value: string) =>
  /:\/\/[^/?#]*@/.test(value) ? 'must have no user and no password in it, because it is shown' : null;

/** Several values, with commas between them. */
const list = (isOne: (value: string) => boolean, form: Expected) =>
  z
    .string()
    .transform((value) => value.split(',').map((each) => each.trim()))
    .refine((values) => values.every(isOne), { error: form })
    .default([]);

/** Of pages. Written as a browser sends it: a slash at its end, a path or `*` would match none, or each. */
export const origins = () =>
  list(
    (value) => /^https?:\/\/[^*]+$/.test(value) && URL.parse(value)?.origin === value,
    'must be origins such as https://console.example, separated by commas: each without a path and a slash at its end, and no *, which would let every page in',
  );

const payloadField = /^(?=.{1,200}$)[\w$@:-]+(\.[\w$@:-]+){0,7}$/;
const MOST_FIELDS = 8;

/** Each costs every event an entry in an index, so there are few. */
export const payloadFields = () =>
  list(
    (value) => payloadField.test(value),
    'must be names of fields such as customer.id, separated by commas: each of at most 8 names with dots between them and 200 characters, of A-Z a-z 0-9 _ - $ @ and :',
  )
    .transform((values) => [...new Set(values)])
    .refine((values) => values.length <= MOST_FIELDS, {
      error: expects(`must be at most ${MOST_FIELDS} fields`),
    });

/** Of other machines. */
export const networks = () =>
  list(
    isNetwork,
    'must be addresses such as 10.0.0.7, or networks such as 10.0.0.0/8, separated by commas; not everyone, as * and /0 would be',
  );

/** A witness of the audit tree: its verifier key, a space, and the URL before `/add-checkpoint`. */
const witness = /^(\S+\+[0-9a-f]{8}\+[\w+/=]+) +(https?:\/\/[^@?#\s]+)$/;

/** Whether each key is one is seen where it is used. */
export const witnesses = () =>
  list(
    (value) => witness.test(value) && URL.canParse(value.slice(value.lastIndexOf(' ') + 1)),
    'must be witnesses, separated by commas: each its verifier key (name+id+key), a space, and its URL, beginning with https:// or http://, without user and query',
  ).transform((values) =>
    values.map((value) => {
      const [, vkey = '', prefix = ''] = witness.exec(value) ?? [];
      return { vkey, url: prefix.replace(/\/+$/, '') };
    }),
  );

function isNetwork(value: string): boolean {
  const [, address = '', , prefix] = /^([\da-f.:]+)(\/([1-9]\d{0,2}))?$/i.exec(value) ?? [];
  const longest = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return longest > 0 && Number(prefix ?? longest) <= longest;
}

/** A share of a whole. */
export const fraction = (fallback: number) => {
  const error = expects('must be a number from 0 to 1, such as 0.01');
  return z
    .string()
    .regex(/^(0|1|0\.\d{1,15}|1\.0{1,15})$/, { error })
    .transform(Number)
    .default(fallback);
};

/** As OpenTelemetry has it, whatever the case of its letters. */
export const truth = (fallback: boolean) =>
  z
    .string()
    .regex(/^(true|false)$/i, { error: expects('must be true or false') })
    .transform((value) => value.toLowerCase() === 'true')
    .default(fallback);

const name = /^[\w!#$%&'*+.^`|~-]{1,255}$/;

/** Names with values, in which what is no printable character, a comma or a percent sign is percent-encoded. */
export const pairs = () =>
  z
    .string()
    .transform((value, context): Readonly<Record<string, string>> => {
      const read = value.split(',').map(pairOf);
      const sound = read.filter((each) => each !== null);
      if (sound.length === read.length) return Object.fromEntries(sound);
      const message = expects(
        'must be name=value pairs, separated by commas, in which a comma is %2C, a space %20 and a percent sign %25',
      );
      context.addIssue({ code: 'custom', message });
      return {};
    })
    .default({});

function pairOf(given: string): readonly [string, string] | null {
  const [, key = '', value = ''] = /^\s*([^=\s]*)\s*=\s*(.*?)\s*$/.exec(given) ?? [];
  try {
    const decoded = decodeURIComponent(value);
    return name.test(key) && /^[ -~\u0080-\uffff]*$/.test(decoded) ? [key, decoded] : null;
  } catch {
    return null;
  }
}

const expects = (form: Expected) => form;
