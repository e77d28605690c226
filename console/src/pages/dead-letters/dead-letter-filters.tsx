import { Button, Group, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { TextFilter } from '../../components/text-filter.tsx';
import { type DeadLetterFilters as Filters, reasons } from './filters.ts';

const usual = [
  ['text', 'Text in the error'],
  ['type', 'Type'],
] as const;
const rare = [
  ['source', 'Source'],
  ['client', 'Client'],
  ['class', 'Class of the error'],
  ['failure', 'Fingerprint'],
  ['failureGroup', 'Failure group'],
  ['diedAfter', 'Died after'],
  ['diedBefore', 'Died before'],
  ['createdAfter', 'Received after'],
  ['createdBefore', 'Received before'],
  ['attemptsAtLeast', 'Attempts at least'],
  ['generationAtLeast', 'Replays at least'],
] as const;

interface Given {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** Those that are in use are always shown. */
export function DeadLetterFilters({ filters, onChange }: Given) {
  const [isWide, { toggle }] = useDisclosure(false);
  const change = (name: keyof Filters, value: string | undefined) => {
    const { [name]: _, ...others } = filters;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  const shown = [...usual, ...rare.filter(([name]) => isWide || filters[name] !== undefined)];
  return (
    <Group align="end" role="search">
      {shown.map(([name, label]) => (
        <TextFilter
          key={name}
          label={label}
          value={filters[name]}
          isFirst={name === 'text'}
          {...(/(After|Before)$/.test(name) ? { placeholder: '2030-01-31T12:00:00Z' } : {})}
          onChange={(value) => change(name, value)}
        />
      ))}
      <Select
        label="Why it is dead"
        clearable
        data={reasons}
        value={filters.reason ?? null}
        onChange={(value) => change('reason', value ?? undefined)}
      />
      <Button variant="subtle" onClick={toggle} aria-expanded={isWide}>
        {isWide ? 'Fewer filters' : 'More filters'}
      </Button>
      {Object.keys(filters).length > 0 && (
        <Button variant="subtle" onClick={() => onChange({})}>
          Remove all
        </Button>
      )}
    </Group>
  );
}
