import { Box, Modal, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { Verbatim } from '../components/verbatim.tsx';
import { useSession } from '../session/context.ts';
import { places } from './navigation.ts';
import { whatHas } from './what-has.ts';

interface Choice {
  readonly name: string;
  /** Where to; `null` when nothing is there. */
  readonly find: () => Promise<string | null>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Takes an id or a word, and goes there. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const { api, me } = useSession();
  const go = useNavigate();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const text = typed.trim();
  const to = (address: string) => () => Promise.resolve(address);
  const choices: readonly Choice[] = [
    ...(UUID.test(text) ? [{ name: `What has the id ${text}`, find: () => whatHas(text.toLowerCase(), api) }] : []),
    ...places
      .filter(
        ({ name, permission }) =>
          me.permissions.includes(permission) && name.toLowerCase().includes(text.toLowerCase()),
      )
      .map((place) => ({ name: place.name, find: to(place.to) })),
    ...(text === '' || UUID.test(text)
      ? []
      : [
          { name: `Events of type ${text}`, find: to(`/events?${new URLSearchParams({ type: text })}`) },
          {
            name: `Dead letters with ${text} in the error`,
            find: to(`/dead-letters?${new URLSearchParams({ text })}`),
          },
        ]),
  ];
  const choose = async (choice: Choice | undefined) => {
    if (choice === undefined) return;
    try {
      const address = await choice.find();
      if (address === null) return setProblem('No event, plan or failure group has this id.');
      onClose();
      await go({ href: address });
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at + step + choices.length) % Math.max(1, choices.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      void choose(choices[at]);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Go to" closeButtonProps={{ 'aria-label': 'Close' }}>
      <TextInput
        aria-label="An id, a page or a word"
        placeholder="an id, a page or a word"
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls="palette"
        aria-activedescendant={`palette-${at}`}
        value={typed}
        onKeyDown={pressed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
          setProblem(null);
        }}
      />
      {problem !== null && <Notice title={problem} />}
      <Box role="listbox" id="palette" aria-label="Where to" mt="xs">
        {choices.map((choice, index) => (
          <Box
            key={choice.name}
            role="option"
            id={`palette-${index}`}
            aria-selected={index === at}
            tabIndex={-1}
            p="xs"
            bg={index === at ? 'var(--mantine-color-default-hover)' : 'transparent'}
            onClick={() => void choose(choice)}
          >
            <Verbatim>{choice.name}</Verbatim>
          </Box>
        ))}
      </Box>
    </Modal>
  );
}
