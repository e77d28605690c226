import { join } from 'node:path';
import S3rver from 's3rver';

export interface BucketServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A server that speaks S3's protocol on loopback, with one bucket, and takes the key `S3RVER`. */
export async function startBucketServer(folder: string, bucket: string): Promise<BucketServer> {
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory: join(folder, 'buckets') },
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { port } = await server.run();
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
