import { Center, Loader } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { ApiRefused, asked, createApi } from '../api/client.ts';
import { App } from '../app/app.tsx';
import { Notice } from '../components/notice.tsx';
import { type Me, SessionContext } from './context.ts';
import { comesFromIssuer, tokenOfIssuer } from './issuer.ts';
import { type ConsoleSettings, readSettings } from './settings.ts';
import { SignIn } from './sign-in.tsx';
import { forgetToken, storedToken, storeToken } from './store.ts';

const isTransient = (error: Error) =>
  error instanceof ApiRefused && (error.problem.status === 0 || error.problem.status >= 500);

/** Who is signed in decides what is drawn. What was typed stays when a session ends: the page is still there behind the sign-in. */
export function Session() {
  const [settings, setSettings] = useState<ConsoleSettings | null>(null);
  const [token, setToken] = useState(storedToken);
  const [me, setMe] = useState<Me | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [hasEnded, setHasEnded] = useState(false);
  const queries = useMemo(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: { retry: (count, error) => isTransient(error) && count < 20, staleTime: 2_000 },
        },
      }),
    [],
  );

  useEffect(() => {
    readSettings().then(setSettings, (error: Error) => setFailure(error.message));
  }, []);

  const signOut = useCallback(() => {
    forgetToken();
    queries.clear();
    setToken(null);
    setMe(null);
  }, [queries]);
  const end = useCallback(() => {
    forgetToken();
    setHasEnded(true);
    setToken(null);
  }, []);
  const signIn = useCallback((next: string) => {
    storeToken(next);
    setHasEnded(false);
    setFailure(null);
    setToken(next);
  }, []);

  const issuer = settings?.issuer ?? null;
  useEffect(() => {
    if (issuer === null || !comesFromIssuer()) return;
    tokenOfIssuer(issuer).then(signIn, (error: Error) => setFailure(error.message));
  }, [issuer, signIn]);

  const api = useMemo(() => createApi(token ?? '', end), [token, end]);
  useEffect(() => {
    if (token === null) return;
    asked(api.GET('/v1/me')).then(setMe, (error: Error) => setFailure(error.message));
  }, [api, token]);
  const session = useMemo(
    () => (settings === null || me === null ? null : { settings, me, api, token: token ?? '', signOut }),
    [settings, me, api, token, signOut],
  );

  if (settings === null)
    return (
      <Center h="100vh">
        {failure === null ? <Loader /> : <Notice title="EventOps does not answer">{failure}</Notice>}
      </Center>
    );
  const needsSignIn = token === null;
  return (
    <>
      {needsSignIn && (
        <SignIn settings={settings} failure={failure} hasEnded={hasEnded && me !== null} onToken={signIn} />
      )}
      {session !== null && (
        <div hidden={needsSignIn}>
          <SessionContext value={session}>
            <QueryClientProvider client={queries}>
              <App />
            </QueryClientProvider>
          </SessionContext>
        </div>
      )}
    </>
  );
}
