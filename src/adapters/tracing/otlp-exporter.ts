import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ExportResultCode } from '@opentelemetry/core';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

export interface ExporterSettings {
  /** Of traces: ends with the path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly compression: 'none' | 'gzip';
  readonly timeoutMs: number;
}

/** Spans were not taken. Says what the receiver answered by its status alone: its text may quote what it was sent. */
export class ExportFailed extends Error {
  override readonly name = 'ExportFailed';
}

const zip = promisify(gzip);

/**
 * Sends each batch of spans once. What is not taken in time is lost, so that a receiver that is unavailable costs no memory, and no
 * timer or connection of ours outlives {@link SpanExporter.shutdown}.
 */
export function createOtlpExporter(settings: ExporterSettings): SpanExporter {
  const { url, protocol, compression, timeoutMs } = settings;
  const isTls = url.startsWith('https:');
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = isTls ? requestHttps : requestHttp;
  const isJson = protocol === 'http/json';
  const serializer = isJson ? JsonTraceSerializer : ProtobufTraceSerializer;
  const ended = new AbortController();
  const headers = {
    ...settings.headers,
    'content-type': isJson ? 'application/json' : 'application/x-protobuf',
    ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
  };

  const post = (body: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(timeoutMs)]);
      const failed = (error: Error & { readonly code?: unknown }) => {
        const why = typeof error.code === 'string' ? error.code : error.name;
        reject(new ExportFailed(signal.aborted ? `no answer within ${timeoutMs} ms` : `no answer (${why})`));
      };
      send(url, { method: 'POST', agent, signal, headers: { ...headers, 'content-length': body.length } }, (answer) => {
        answer.resume().once('error', failed);
        const { statusCode = 0 } = answer;
        if (statusCode >= 200 && statusCode < 300) answer.once('end', resolve);
        else reject(new ExportFailed(`the receiver answered with status ${statusCode}`));
      })
        .once('error', failed)
        .end(body);
    });

  const deliver = async (spans: readonly ReadableSpan[]) => {
    const body = serializer.serializeRequest([...spans]);
    if (body === undefined) throw new ExportFailed('spans cannot be serialized');
    await post(compression === 'gzip' ? await zip(body) : body);
  };
  return {
    export: (spans, done) =>
      void deliver(spans).then(
        () => done({ code: ExportResultCode.SUCCESS }),
        (error: Error) => done({ code: ExportResultCode.FAILED, error }),
      ),
    async shutdown() {
      ended.abort();
      agent.destroy();
    },
  };
}
