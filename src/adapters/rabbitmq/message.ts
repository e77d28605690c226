import { z } from 'zod';
import type { LoadedEvent } from '../../application/event-history.ts';
import { messageId, type ProcessEvent } from '../../application/ports/command-bus.ts';
import { type TraceContext, traceparentForm } from '../../application/trace-context.ts';
import { eventStatuses } from '../../domain/event/status.ts';
import { transitionSchemas } from '../../domain/event/transitions.ts';

/** Of the body. Workers know one version: update them before the dispatcher where it changes. */
const VERSION = 1;

/**
 * A message of several commands stays below this, in characters of JSON; a larger command travels alone. A worker is sent
 * a thousand messages at one time, so this is what bounds them in bytes; 16 usual commands fit.
 */
const MAX_CHARACTERS = 32 * 1024;

export interface OutgoingMessage {
  /** Of its first command. */
  readonly id: string;
  readonly commandCount: number;
  /** Of a message with one command, for whatever follows messages; each command has its own in the body. */
  readonly traceContext: TraceContext;
  readonly body: Buffer;
}

/**
 * Puts commands into messages of at most `maxCommands`. Each call is spread over several messages where it can be, so
 * that a burst is shared by several workers.
 */
export function* pack(commands: readonly ProcessEvent[], maxCommands: number): Generator<OutgoingMessage> {
  const most = Math.min(maxCommands, Math.ceil(commands.length / SPREAD));
  let id = '';
  let traceContext: TraceContext = {};
  let texts: string[] = [];
  let characters = 0;
  const finished = () => ({
    id,
    commandCount: texts.length,
    traceContext: texts.length === 1 ? traceContext : {},
    body: Buffer.from(`{"version":${VERSION},"commands":[${texts.join(',')}]}`),
  });
  for (const command of commands) {
    const text = JSON.stringify(writtenForm(command));
    if (texts.length > 0 && (texts.length === most || characters + text.length > MAX_CHARACTERS)) {
      yield finished();
      texts = [];
      characters = 0;
    }
    if (texts.length === 0) {
      id = messageId(command);
      traceContext = traceContextOf(command);
    }
    texts.push(text);
    characters += text.length;
  }
  if (texts.length > 0) yield finished();
}

const SPREAD = 8;

const traceContextOf = ({ traceparent, tracestate }: ProcessEvent): TraceContext => ({
  ...(traceparent === undefined ? {} : { traceparent }),
  ...(tracestate === undefined ? {} : { tracestate }),
});

/** As workers of every version read it: an event says when it was received, and the command has the trace. */
function writtenForm({ eventId, generation, attempt, event, dueAt, traceparent }: ProcessEvent) {
  const withTrace = { dueAt, traceparent };
  if (event === null) return { eventId, generation, attempt, event, ...withTrace };
  const { createdAt: receivedAt, traceparent: _, firstTraceparent: _first, ...loaded } = event;
  return { eventId, generation, attempt, event: { ...loaded, receivedAt }, ...withTrace };
}

const count = z.number().int().nonnegative();
const timestamp = z.string();
/** With generation and attempt it has to fit into a message id of 255 bytes. */
const identity = z.string().min(1).max(200);

const loadedEvent = z
  .strictObject({
    state: z
      .strictObject({
        status: z.enum(eventStatuses),
        received: transitionSchemas.EventReceived,
        generation: count,
        attempts: count,
        claim: z.strictObject({ worker: z.string(), leaseExpiresAt: timestamp }).nullable(),
        nextAttemptAt: timestamp.nullable(),
        failure: transitionSchemas.ProcessingFailed.shape.failure.nullable(),
        // Left out by dispatchers of before there were any.
        suspicions: z
          .array(z.strictObject({ at: timestamp, ended: z.enum(['handlers', 'worker']), wasAlone: z.boolean() }))
          .default([]),
      })
      .nullable(),
    revision: z.number().int().min(-1),
    headId: identity.nullable(),
    headHash: z.string(),
    receivedAt: timestamp.nullable(),
  })
  .transform(({ receivedAt: createdAt, ...loaded }) => ({
    ...loaded,
    createdAt,
    traceparent: null,
    firstTraceparent: null,
  })) satisfies z.ZodType<LoadedEvent>;

const commandSchema = z.strictObject({
  eventId: identity,
  generation: count,
  attempt: z.number().int().min(1),
  event: loadedEvent.nullable(),
  /** Messages of earlier versions lack these two. */
  dueAt: timestamp.optional(),
  traceparent: z.string().regex(traceparentForm).optional(),
}) satisfies z.ZodType<ProcessEvent>;

const messageSchema = z.strictObject({ version: z.literal(VERSION), commands: z.array(z.unknown()).min(1) });

export interface IncomingMessage {
  readonly commands: readonly ProcessEvent[];
  /** What is wrong with the message, by path and rule and never with its content; `null` when nothing is. */
  readonly problem: string | null;
}

/** Reads a body that may come from any client. A command that does not parse takes none of its neighbours along. */
export function unpack(body: Buffer): IncomingMessage {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return { commands: [], problem: 'it is not JSON' };
  }
  const message = messageSchema.safeParse(json);
  if (!message.success) return { commands: [], problem: problemOf(message.error) };
  const commands: ProcessEvent[] = [];
  let problem: string | null = null;
  for (const candidate of message.data.commands) {
    const command = commandSchema.safeParse(candidate);
    if (command.success) commands.push(command.data);
    else problem ??= problemOf(command.error);
  }
  return { commands, problem };
}

const problemOf = ({ issues: [issue] }: z.ZodError) =>
  issue === undefined ? 'unknown' : `${issue.path.join('.') || 'its top'}: ${issue.code}`;
