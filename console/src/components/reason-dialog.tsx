import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Problem } from './problem.tsx';

interface Given {
  readonly title: string;
  /** On the button. */
  readonly act: string;
  readonly children: ReactNode;
  /** What else is asked for. */
  readonly fields?: ReactNode;
  readonly onClose: () => void;
  /** @throws what is shown in the dialog, which stays open then with what was typed. */
  readonly onReason: (reason: string) => Promise<unknown>;
}

/** Asks why: the reason goes into the log. */
export function ReasonDialog({ title, act, children, fields, onClose, onReason }: Given) {
  const [reason, setReason] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const submit = async () => {
    setUnderWay(true);
    setError(null);
    try {
      await onReason(reason.trim());
      onClose();
    } catch (thrown) {
      setError(thrown as Error);
      setUnderWay(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <Text>{children}</Text>
          {error !== null && <Problem error={error} />}
          {fields}
          <Textarea
            label="Reason"
            description="It stands in the log with your name."
            required
            maxLength={500}
            autosize
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value.replaceAll(/[\r\n]+/g, ' '))}
          />
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isUnderWay} disabled={reason.trim() === ''}>
              {act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
