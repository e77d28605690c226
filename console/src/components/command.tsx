import { Button, Code, CopyButton, Group } from '@mantine/core';

/** The same from a command line, to copy. */
export const Command = ({ children }: { children: string }) => (
  <Group gap="xs">
    <Code style={{ overflowWrap: 'anywhere' }}>{children}</Code>
    <CopyButton value={children}>
      {({ copied, copy }) => (
        <Button variant="subtle" size="compact-xs" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  </Group>
);
