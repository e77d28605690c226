/** What a request says of the trace that it belongs to: https://www.w3.org/TR/trace-context/. */
export interface TraceContext {
  /** Version, trace id, parent id and flags. */
  readonly traceparent?: string | undefined;
  /** What systems that took part in the trace before have to say to each other. Never without `traceparent`. */
  readonly tracestate?: string | undefined;
}

/** Version 00 of https://www.w3.org/TR/trace-context/#traceparent-header; ids of zeros only are invalid there. */
export const traceparentForm = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const MAX_TRACESTATE_CHARACTERS = 512;
const MAX_TRACESTATE_MEMBERS = 32;
const name = '[a-z0-9_*/-]';
const member = new RegExp(
  `^(?:[a-z]${name}{0,255}|[a-z0-9]${name}{0,240}@[a-z]${name}{0,13})=[ -+\\--<>-~]{0,255}[!-+\\--<>-~]$`,
);

/**
 * What of it can be believed: a `traceparent` that is malformed is as good as none, and a `tracestate` that is malformed or
 * longer than others have to pass on is left out.
 */
export function checkedTraceContext(traceparent: unknown, tracestate: unknown): TraceContext {
  if (typeof traceparent !== 'string' || !traceparentForm.test(traceparent)) return {};
  return typeof tracestate === 'string' && isTracestate(tracestate) ? { traceparent, tracestate } : { traceparent };
}

/** https://www.w3.org/TR/trace-context/#tracestate-header */
export function isTracestate(text: string): boolean {
  if (text.length > MAX_TRACESTATE_CHARACTERS) return false;
  const members = text.split(',').map((each) => each.trim());
  const keys = members.map((each) => each.slice(0, each.indexOf('=')));
  return (
    members.length <= MAX_TRACESTATE_MEMBERS &&
    new Set(keys).size === keys.length &&
    members.every((each) => member.test(each))
  );
}
