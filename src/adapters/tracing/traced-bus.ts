import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import {
  type CommandBus,
  type CommandDelivery,
  messageId,
  type ProcessEvent,
} from '../../application/ports/command-bus.ts';
import { own, standard } from './attributes.ts';
import { inScope, type Scope } from './current-trace.ts';
import { childOf, sampledContextOf, traceContextOf } from './span-context.ts';

/** The queue of commands, whatever carries it. */
export const DESTINATION = 'eventops.process';

/**
 * The bus with a span for each command that follows from something traced, of which the command's attempt is to know. What is
 * done about a command that is handed out is in a scope of its own, which {@link tracedUseCases} fill once the event is known.
 * @param left called when a command is acknowledged or released, with its scope.
 */
export function tracedBus(tracer: Tracer, bus: CommandBus, system: string, left: (scope: Scope) => void): CommandBus {
  const begin = (command: ProcessEvent, commands: number) => {
    const parent = sampledContextOf(command);
    if (parent === null) return null;
    const attributes = {
      [standard.messagingSystem]: system,
      [standard.messagingDestination]: DESTINATION,
      [standard.messagingOperation]: 'send',
      [standard.messagingOperationType]: 'send',
      [standard.messagingMessageId]: messageId(command),
      [standard.messagingBatchSize]: commands,
      [own.eventId]: command.eventId,
    };
    return tracer.startSpan(`send ${DESTINATION}`, { kind: SpanKind.PRODUCER, attributes }, childOf(parent));
  };
  return {
    forgetsOnRestart: bus.forgetsOnRestart,
    async publish(commands) {
      const spans = commands.map((command) => begin(command, commands.length));
      if (spans.every((span) => span === null)) return bus.publish(commands);
      try {
        await bus.publish(
          commands.map((command, index) => {
            const span = spans[index];
            return span ? { ...command, ...traceContextOf(span.spanContext()) } : command;
          }),
        );
      } catch (error) {
        const type = error instanceof Error ? error.name : 'unknown';
        for (const span of spans)
          span?.setAttribute(standard.errorType, type).setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        for (const span of spans) span?.end();
      }
    },
    consume: ({ prefetch, onCommand }) =>
      bus.consume({
        prefetch,
        onCommand: (delivery) => {
          const scope: Scope = { span: null };
          inScope(scope, () => onCommand(leaving(delivery, () => left(scope))));
        },
      }),
    backlog: () => bus.backlog(),
    close: () => bus.close(),
  };
}

const leaving = ({ command, acknowledge, release }: CommandDelivery, left: () => void): CommandDelivery => ({
  command,
  acknowledge() {
    left();
    acknowledge();
  },
  release() {
    left();
    release();
  },
});
