import { useMutation } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { PermittedButton } from '../../components/permitted-button.tsx';
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
      <PermittedButton
        refused={isPermitted ? null : 'needs the permission audit:read'}
        loading={isPending}
        onPress={() => mutate()}
      >
        Receipt
      </PermittedButton>
      {error !== null && <Problem error={error} />}
    </>
  );
}
