import { type Attributes, type Context, type Link, type SpanKind, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { isSampled } from './span-context.ts';

export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof samplerNames)[number];

export function samplerOf(name: SamplerName, ratio: number): Sampler {
  const root = rootOf(name, ratio);
  return followingLinks(name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root);
}

function rootOf(name: SamplerName, ratio: number): Sampler {
  if (name.endsWith('always_on')) return new AlwaysOnSampler();
  return name.endsWith('always_off') ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
}

/**
 * An attempt is a trace of its own, and is recorded if what it is linked to was: so an event is followed for all of its life,
 * or not at all.
 */
const followingLinks = (others: Sampler): Sampler => ({
  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]) {
    const isLinked = links.some(({ context: linked }) => isSampled(linked));
    if (isLinked && trace.getSpanContext(context) === undefined)
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    return others.shouldSample(context, traceId, name, kind, attributes, links);
  },
  toString: () => `FollowingLinks{${others.toString()}}`,
});
