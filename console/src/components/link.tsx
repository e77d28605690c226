import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';

/** To a page of this console; `to` is what stands behind the #. */
export const Link = ({ to, children }: { to: string; children: ReactNode }) => (
  <Anchor href={`#${to}`} underline="always" style={{ overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
    {children}
  </Anchor>
);

export const EventLink = ({ id }: { id: string }) => (
  <Anchor href={`#/events/${encodeURIComponent(id)}`} ff="monospace" size="sm" underline="always" title={id}>
    {id.slice(0, 8)}
  </Anchor>
);
