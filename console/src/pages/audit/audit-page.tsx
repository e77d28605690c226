import { Stack } from '@mantine/core';
import { PageHead } from '../../components/page-head.tsx';
import { AccessRecords } from './access-records.tsx';
import { ApiKeys } from './api-keys.tsx';
import { NewestCheckpoint } from './newest-checkpoint.tsx';
import { VerifyReceipt } from './verify-receipt.tsx';

export const AuditPage = () => (
  <Stack>
    <PageHead title="Audit" />
    <NewestCheckpoint />
    <VerifyReceipt />
    <AccessRecords />
    <ApiKeys />
  </Stack>
);
