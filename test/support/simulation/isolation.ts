import type { Draw } from './draw.ts';
import { drawLimits } from './hardships.ts';
import { isPrompt } from './promptness.ts';
import type { Scenario } from './scenario.ts';

/**
 * Handlers in processes of their own, which some of them end or hold, and whose caps are reached. Drawn apart, so that a
 * seed's other hardships are what they are without it.
 */
export function withIsolation(scenario: Scenario, draw: Draw): Scenario {
  // What ends with its process has to be found again.
  if (isPrompt(scenario) || !draw.random(0.3)) return scenario;
  const limits = draw.random(0.5) ? drawLimits(draw, ({ of }) => of === 'isolation') : [];
  const hostile = draw.random(0.5) ? draw.one(scenario.events) : null;
  const conduct = [draw.one(['ends its process of handlers', 'holds its thread'] as const)];
  const events = scenario.events.map((event) => (event === hostile ? { ...event, conduct } : event));
  return { ...scenario, events, isolates: true, limits: [...scenario.limits, ...limits] };
}
