import { TextInput } from '@mantine/core';

interface Given {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly placeholder?: string;
  /** What `/` goes to. */
  readonly isFirst?: boolean;
}

/** Takes effect with Enter or when it is left, not with each letter. */
export function TextFilter({ label, value = '', onChange, placeholder, isFirst = false }: Given) {
  const take = (typed: string) => {
    const next = typed.trim();
    if (next !== value) onChange(next === '' ? undefined : next);
  };
  return (
    <TextInput
      label={label}
      defaultValue={value}
      key={value}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(isFirst ? { 'data-search': true } : {})}
      onBlur={(event) => take(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && take(event.currentTarget.value)}
    />
  );
}
