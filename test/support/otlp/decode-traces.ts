import { Message } from './protobuf.ts';

export type Attributes = Readonly<Record<string, unknown>>;

export interface Link {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** `null` for the root of a trace. */
  readonly parentSpanId: string | null;
  readonly traceState: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
  readonly events: number;
  readonly status: 'UNSET' | 'OK' | 'ERROR';
  readonly statusMessage: string;
  readonly scope: string;
  readonly schemaUrl: string;
  readonly resource: Attributes;
}

const kinds = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
const statuses = ['UNSET', 'OK', 'ERROR'] as const;

/** https://github.com/open-telemetry/opentelemetry-proto: `ExportTraceServiceRequest` and what is in it, by its numbers. */
export function decodeTraces(body: Buffer): readonly ReceivedSpan[] {
  return new Message(body).messages(1).flatMap((ofResource) =>
    ofResource.messages(2).flatMap((ofScope) =>
      ofScope.messages(2).map((span) => ({
        ...spanOf(span),
        scope: ofScope.messages(1)[0]?.text(1) ?? '',
        schemaUrl: ofScope.text(3),
        resource: attributesOf(ofResource.messages(1)[0]?.messages(1) ?? []),
      })),
    ),
  );
}

const spanOf = (span: Message) => ({
  traceId: span.hex(1),
  spanId: span.hex(2),
  parentSpanId: span.hex(4) || null,
  traceState: span.text(3),
  name: span.text(5),
  kind: kinds[Number(span.number(6))] ?? 'INTERNAL',
  startNs: span.number(7),
  endNs: span.number(8),
  attributes: attributesOf(span.messages(9)),
  links: span.messages(13).map((link) => ({
    traceId: link.hex(1),
    spanId: link.hex(2),
    attributes: attributesOf(link.messages(4)),
  })),
  events: span.messages(11).length,
  status: statuses[Number(span.messages(15)[0]?.number(3) ?? 0n)] ?? 'UNSET',
  statusMessage: span.messages(15)[0]?.text(2) ?? '',
});

const attributesOf = (pairs: readonly Message[]): Attributes =>
  Object.fromEntries(pairs.map((pair) => [pair.text(1), valueOf(pair.messages(2)[0])]));

function valueOf(value: Message | undefined): unknown {
  if (value === undefined) return null;
  if (value.has(2)) return value.number(2) === 1n;
  if (value.has(3)) return Number(value.number(3));
  if (value.has(4)) {
    const bits = Buffer.alloc(8);
    bits.writeBigInt64LE(value.number(4));
    return bits.readDoubleLE();
  }
  if (value.has(5)) return value.messages(5)[0]?.messages(1).map(valueOf) ?? [];
  return value.text(1);
}
