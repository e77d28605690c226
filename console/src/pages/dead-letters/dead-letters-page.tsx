import { Stack } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Command } from '../../components/command.tsx';
import { Link } from '../../components/link.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { DeadLetterFilters } from './dead-letter-filters.tsx';
import { DeadLetterGroups } from './dead-letter-groups.tsx';
import { DeadLetterList } from './dead-letter-list.tsx';
import { commandOf } from './filters.ts';
import { MakePlan } from './make-plan.tsx';

/** What waits for an operator: by failure first, then each. */
export function DeadLettersPage() {
  const filters = useSearch({ from: '/dead-letters' });
  const go = useNavigate({ from: '/dead-letters' });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const command = commandOf(filters);
  return (
    <Stack>
      <PageHead title="Dead letters">
        <Link to="/plans">Plans</Link>
      </PageHead>
      <DeadLetterFilters
        filters={filters}
        onChange={(next) => {
          setChosen(new Set());
          void go({ search: next });
        }}
      />
      <DeadLetterGroups filters={filters} />
      <MakePlan filters={filters} chosen={chosen} />
      <DeadLetterList filters={filters} chosen={chosen} onChoose={setChosen} />
      {command !== null && <Command>{command}</Command>}
    </Stack>
  );
}
