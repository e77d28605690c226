import { ApiRefused } from '../api/client.ts';
import { Notice } from './notice.tsx';

/** What went wrong, in the words of the API, which say what to do. */
export function Problem({ error }: { error: Error }) {
  const title = error instanceof ApiRefused ? error.problem.title : 'This did not work';
  return <Notice title={title}>{error instanceof ApiRefused ? error.problem.detail : error.message}</Notice>;
}
