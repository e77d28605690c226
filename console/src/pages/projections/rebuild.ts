import type { components, paths } from '../../api/schema.d.ts';

export type Rebuild = components['schemas']['Rebuild'];
export type ProjectionName = paths['/v1/projections/{name}/rebuilds']['post']['parameters']['path']['name'];

/** Until its second copy is deleted. */
export const isUnderWay = ({ step }: Rebuild): boolean => step !== 'dropped';
