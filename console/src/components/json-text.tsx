import { Button, Code } from '@mantine/core';
import { useState } from 'react';

/** What is drawn at once; a text of a MiB would hold the page up. */
const SHOWN = 50_000;

/** Nested too deeply to be written, it is said so. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2) ?? '';
  } catch {
    return 'It cannot be shown here: it is nested too deeply. bin/eventops shows it.';
  }
}

export function JsonText({ value }: { value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  const text = written(value);
  const isLong = text.length > SHOWN && !isWhole;
  return (
    <>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
        {isLong ? text.slice(0, SHOWN) : text}
      </Code>
      {isLong && (
        <Button variant="default" size="xs" mt="xs" onClick={() => setWhole(true)}>
          All of its {text.length} characters
        </Button>
      )}
    </>
  );
}
