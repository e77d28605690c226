import type { Permission } from '../session/context.ts';

export interface Place {
  readonly name: string;
  readonly to: string;
  /** After `g`. */
  readonly key: string;
  /** What it takes to see it. */
  readonly permission: Permission;
}

export const places: readonly Place[] = [
  { name: 'Overview', to: '/', key: 'o', permission: 'events:read' },
  { name: 'Events', to: '/events', key: 'e', permission: 'events:read' },
  { name: 'Live', to: '/live', key: 'l', permission: 'events:read' },
  { name: 'Dead letters', to: '/dead-letters', key: 'd', permission: 'events:read' },
  { name: 'Failures', to: '/failure-groups', key: 'f', permission: 'events:read' },
  { name: 'Plans', to: '/plans', key: 'p', permission: 'events:read' },
  { name: 'Handlers', to: '/types', key: 'h', permission: 'events:read' },
  { name: 'Projections', to: '/projections', key: 'j', permission: 'system:read' },
  { name: 'Audit', to: '/audit', key: 'a', permission: 'audit:read' },
];
