import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

interface Given extends ButtonProps {
  /** Why it cannot be pressed; `null` when it can. */
  readonly refused: string | null;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

/** One that is refused can still be reached by the keyboard and the pointer, and says why. */
export const PermittedButton = ({ refused, onPress, children, ...look }: Given) => (
  <Tooltip label={refused} disabled={refused === null} events={{ hover: true, focus: true, touch: true }}>
    <Button
      variant="default"
      {...look}
      {...(refused === null
        ? { onClick: onPress }
        : { 'data-disabled': true, 'aria-disabled': true, 'aria-description': refused })}
    >
      {children}
    </Button>
  </Tooltip>
);
