// oxlint-disable-next-line import/no-unassigned-import -- Vite takes styles from there.
import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { nonce } from './app/nonce.ts';
import { colorsOfText, theme } from './app/theme.ts';
import { Session } from './session/session.tsx';

// For what Mantine's dialogs add to the page.
setNonce(nonce());

const page = document.getElementById('page');
if (page === null) throw new Error('The page has no element to be drawn into');
createRoot(page).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={colorsOfText} defaultColorScheme="auto" getStyleNonce={nonce}>
      <Session />
    </MantineProvider>
  </StrictMode>,
);
