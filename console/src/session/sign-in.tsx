import { Button, Center, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { goToIssuer } from './issuer.ts';
import type { ConsoleSettings } from './settings.ts';

interface Given {
  readonly settings: ConsoleSettings;
  readonly failure: string | null;
  readonly hasEnded: boolean;
  readonly onToken: (token: string) => void;
}

const says: Readonly<Record<string, string>> = {
  admin: 'may do everything',
  operator: 'rebuilds projections, pauses types, works on failures',
  auditor: 'reads histories with what was sent, and proofs',
  viewer: 'reads, without what was sent',
};

/** @throws what the server refused. */
async function developmentToken(role: string): Promise<string> {
  const answer = await fetch(`/console/development-tokens/${encodeURIComponent(role)}`, { method: 'POST' });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? body.title);
  return body.token;
}

export function SignIn({ settings, failure, hasEnded, onToken }: Given) {
  const [refused, setRefused] = useState<string | null>(null);
  const [pasted, setPasted] = useState('');
  const { issuer } = settings;
  const take = (role: string) => developmentToken(role).then(onToken, (error: Error) => setRefused(error.message));
  const problem = refused ?? failure;
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <Stack>
          <Title order={1} size="h2">
            EventOps
          </Title>
          {hasEnded && (
            <Notice title="The session has ended" color="yellow">
              Sign in again: what you typed is still there.
            </Notice>
          )}
          {problem !== null && <Notice title="You are not signed in">{problem}</Notice>}
          {issuer !== null && (
            <Button onClick={() => void goToIssuer(issuer).catch((error: Error) => setRefused(error.message))}>
              Sign in at {new URL(issuer.url).host}
            </Button>
          )}
          {settings.developmentRoles.length > 0 && (
            <>
              <Text>Development tokens are taken here. Choose what you want to be:</Text>
              {settings.developmentRoles.map((role) => (
                <Button key={role} variant="default" justify="start" h="auto" py="xs" onClick={() => void take(role)}>
                  <Text span fw={600} mr="sm">
                    {role}
                  </Text>
                  <Text span size="sm">
                    {says[role]}
                  </Text>
                </Button>
              ))}
            </>
          )}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (pasted.trim() !== '') onToken(pasted.trim());
            }}
          >
            <Stack gap="xs">
              <PasswordInput
                label="Or paste an access token"
                autoComplete="off"
                value={pasted}
                onChange={(event) => setPasted(event.currentTarget.value)}
              />
              <Button type="submit" variant="light" disabled={pasted.trim() === ''}>
                Sign in with it
              </Button>
            </Stack>
          </form>
        </Stack>
      </Paper>
    </Center>
  );
}
