import { Text, type TextProps } from '@mantine/core';

/** Text that others wrote: as it is, wrapped where it must be, and its direction kept to itself. */
export const Verbatim = ({ children, ...look }: TextProps & { children: string | number | null }) => (
  <Text span inherit {...look} style={{ overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
    {children}
  </Text>
);
