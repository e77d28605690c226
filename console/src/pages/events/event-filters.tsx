import { Button, Group, Select } from '@mantine/core';
import { TextFilter } from '../../components/text-filter.tsx';
import { type EventFilters as Filters, statuses } from './filters.ts';

const texts = [
  ['type', 'Type'],
  ['source', 'Source'],
  ['failure', 'Failure'],
  ['createdAfter', 'Received after'],
  ['createdBefore', 'Received before'],
] as const;

interface Given {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

export function EventFilters({ filters, onChange }: Given) {
  const change = (name: keyof Filters, value: string | undefined) => {
    const { [name]: _, ...others } = filters;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <Group align="end" role="search">
      <Select
        label="Status"
        clearable
        data={statuses}
        value={filters.status ?? null}
        onChange={(status) => change('status', status ?? undefined)}
      />
      {texts.map(([name, label]) => (
        <TextFilter
          key={name}
          label={label}
          value={filters[name]}
          isFirst={name === 'type'}
          {...(name.startsWith('created') ? { placeholder: '2030-01-31T12:00:00Z' } : {})}
          onChange={(value) => change(name, value)}
        />
      ))}
      {Object.keys(filters).length > 0 && (
        <Button variant="subtle" onClick={() => onChange({})}>
          Remove all
        </Button>
      )}
    </Group>
  );
}
