import { Button, Tooltip } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { Problem } from '../../components/problem.tsx';
import { save } from '../../components/save.ts';
import { usePermission, useSession } from '../../session/context.ts';

/** A file that proves itself without EventOps: docs/audit.md. */
export function ReceiptButton({ id }: { id: string }) {
  const { api } = useSession();
  const isPermitted = usePermission('audit:read');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => asked(api.GET('/v1/events/{id}/receipt', { params: { path: { id } } })),
    onSuccess: (receipt) => save(`${id}.receipt.json`, JSON.stringify(receipt)),
  });
  return (
    <>
      <Tooltip label="needs the permission audit:read" disabled={isPermitted}>
        <Button variant="default" disabled={!isPermitted} loading={isPending} onClick={() => mutate()}>
          Receipt
        </Button>
      </Tooltip>
      {error !== null && <Problem error={error} />}
    </>
  );
}
