import { addAbortSignal, Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AuditTreeUnavailable } from '../../application/failures.ts';

export interface BucketSettings {
  readonly name: string;
  /** Of a server that speaks S3's protocol; `null` for AWS in the region of the environment. */
  readonly url: string | null;
}

export interface Bucket {
  /** `null` where there is no object of this name. @throws {AuditTreeUnavailable} */
  read(key: string): Promise<Buffer | null>;
  /** Durably, as the newest version of this name. @throws {AuditTreeUnavailable} */
  write(key: string, bytes: Buffer): Promise<void>;
}

/** For one object, with all tries. */
export const DEADLINE_MS = 10_000;
/** A full bundle of entries has about 60 KiB. */
const MOST_BYTES = 1024 * 1024;

/** Credentials and region come from where AWS's own tools look for them: the environment, or the role of the task or machine. */
export function openBucket({ name, url }: BucketSettings, deadlineMs = DEADLINE_MS): Bucket {
  const client = new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: deadlineMs / 3, requestTimeout: deadlineMs / 3, throwOnRequestTimeout: true },
    // Other servers have buckets in the path; in AWS those are in the name of the host.
    ...(url === null ? {} : { endpoint: url, forcePathStyle: true }),
  });

  async function onBucket<Result>(what: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      return await work(signal);
    } catch (error) {
      const why = signal.aborted ? `no answer within ${deadlineMs} ms` : reasonOf(error);
      throw new AuditTreeUnavailable(`${what} in the bucket ${name}: ${why}`, { cause: error });
    }
  }

  return {
    read: (key) =>
      onBucket(`${key} cannot be read`, async (abortSignal) => {
        try {
          const { Body: body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }), { abortSignal });
          return body instanceof Readable ? await contentOf(addAbortSignal(abortSignal, body)) : Buffer.of();
        } catch (error) {
          if (error instanceof NoSuchKey) return null;
          throw error;
        }
      }),
    write: (key, bytes) =>
      onBucket(`${key} cannot be written`, async (abortSignal) => {
        await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: bytes }), { abortSignal });
      }),
  };
}

async function contentOf(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes, so it is no tile`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const advice: Readonly<Record<string, string>> = {
  NoSuchBucket: 'create it, or correct AUDIT_BUCKET',
  AccessDenied:
    'give the role of this process s3:GetObject and s3:PutObject in it, s3:ListBucket on it, and its KMS key',
  InvalidAccessKeyId: 'correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  SignatureDoesNotMatch: 'correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  CredentialsProviderError:
    'give this process credentials of AWS: a role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = error.message === '' || error.message === 'UnknownError' ? error.name : error.message;
  const what = advice[error.name] ?? (/region is missing/i.test(said) ? 'set AWS_REGION' : null);
  return what === null ? said : `${said}: ${what}`;
}
