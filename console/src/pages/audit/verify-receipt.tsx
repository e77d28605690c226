import { FileInput, Stack, Text, TextInput } from '@mantine/core';
import { type DragEvent, useEffect, useState } from 'react';
import { Link } from '../../components/link.tsx';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { type VerifiedReceipt, verifyReceipt } from './verify/receipt.ts';

type Outcome = { readonly verified: VerifiedReceipt } | { readonly refused: string };

const MOST_BYTES = 50_000_000;

async function outcomeOf(file: File, key: string): Promise<Outcome> {
  if (!globalThis.isSecureContext)
    return { refused: 'A browser verifies only on a page that came over https or from this machine.' };
  if (file.size > MOST_BYTES) return { refused: 'The file is too large for a receipt. Use bin/eventops audit verify.' };
  try {
    return { verified: await verifyReceipt(await file.text(), key) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

/** In this browser: neither the file nor the key is sent anywhere. */
export function VerifyReceipt() {
  const [file, setFile] = useState<File | null>(null);
  const [key, setKey] = useState('');
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setOutcome(null);
    if (file !== null && key.trim() !== '')
      void outcomeOf(file, key).then((next) => {
        if (isCurrent) setOutcome(next);
      });
    return () => {
      isCurrent = false;
    };
  }, [file, key]);
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setFile(event.dataTransfer.files[0] ?? null);
  };
  return (
    <Section title="Verify a receipt">
      <Stack onDragOver={(event) => event.preventDefault()} onDrop={dropped}>
        <Text size="sm" c="dimmed">
          Here in the browser, with the key that you know: nothing is sent. Drop the file here, or choose it. An export
          is verified by <code>bin/eventops audit verify</code>.
        </Text>
        <TextInput
          label="Verifier key of the log"
          description="bin/eventops audit key prints it. Have it from elsewhere than the receipt."
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <FileInput label="Receipt" placeholder="Choose a file" clearable value={file} onChange={setFile} />
        {outcome !== null &&
          ('verified' in outcome ? <Holds {...outcome.verified} /> : <Refused why={outcome.refused} />)}
      </Stack>
    </Section>
  );
}

const Refused = ({ why }: { why: string }) => (
  <Notice title="It does not hold">
    <Verbatim>{why}</Verbatim>
  </Notice>
);

function Holds({ stream, upToRevision, newestRevision, checkpoint }: VerifiedReceipt) {
  const event = /^event-([0-9a-f-]{36})$/.exec(stream)?.[1];
  return (
    <Notice title="It holds" color="green">
      Revisions 0 to {upToRevision} of{' '}
      {event === undefined ? <Verbatim>{stream}</Verbatim> : <Link to={`/events/${event}`}>{stream}</Link>} are
      unchanged, and in the tree of {checkpoint.size} transitions that <Verbatim>{checkpoint.origin}</Verbatim> signed.
      {newestRevision > upToRevision && ` It says that there were ${newestRevision - upToRevision} later ones.`}
      {checkpoint.otherSignatures > 0 &&
        ` ${checkpoint.otherSignatures} signatures of others are not verified here: bin/eventops audit verify --policy does so.`}
    </Notice>
  );
}
