import { Text } from '@mantine/core';
import { ApiRefused } from '../api/client.ts';
import { Notice } from './notice.tsx';
import { Verbatim } from './verbatim.tsx';

/** What went wrong, in the words of the API, which say what to do. */
export function Problem({ error }: { error: Error }) {
  const { title, detail, errors } =
    error instanceof ApiRefused ? error.problem : { title: 'This did not work', detail: error.message };
  return (
    <Notice title={title}>
      {detail !== undefined && <Verbatim>{detail}</Verbatim>}
      {errors?.map(({ pointer, message }) => (
        <Text key={pointer} size="sm">
          <Verbatim>{`${pointer} ${message}`}</Verbatim>
        </Text>
      ))}
    </Notice>
  );
}
