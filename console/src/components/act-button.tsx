import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type Permission, usePermission } from '../session/context.ts';
import { PermittedButton } from './permitted-button.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

interface Given {
  readonly name: string;
  readonly title?: string;
  readonly permission: Permission;
  /** What it comes to. */
  readonly says: string;
  /** What else is asked for. */
  readonly fields?: ReactNode;
  /** Why it cannot be done now, whoever asks. */
  readonly refusedBecause?: string | null;
  readonly onReason: (reason: string) => Promise<unknown>;
  readonly color?: string;
}

/** An act with a reason. What one may not do is there, and says which permission it takes. */
export function ActButton({
  name,
  title = name,
  permission,
  says,
  fields,
  refusedBecause = null,
  onReason,
  color,
}: Given) {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const refused = usePermission(permission) ? refusedBecause : `needs the permission ${permission}`;
  return (
    <>
      <PermittedButton refused={refused} onPress={() => setOpen(true)} {...(color === undefined ? {} : { c: color })}>
        {name}
      </PermittedButton>
      {isOpen && (
        <ReasonDialog
          title={title}
          act={name}
          fields={fields}
          onClose={() => setOpen(false)}
          onReason={async (reason) => {
            await onReason(reason);
            await queries.invalidateQueries();
          }}
        >
          {says}
        </ReasonDialog>
      )}
    </>
  );
}
