import { AppShell, Burger, Button, Group, Menu, NavLink, Text, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useState } from 'react';
import { useSession } from '../session/context.ts';
import { places } from './navigation.ts';
import { useKeys } from './use-keys.ts';

const Palette = lazy(() => import('./palette.tsx'));
const Help = lazy(() => import('./help.tsx'));

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { me, settings, signOut } = useSession();
  const { setColorScheme } = useMantineColorScheme();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [opened, setOpened] = useState<'palette' | 'help' | null>(null);
  const go = useCallback((to: string) => void navigate({ to }), [navigate]);
  const openPalette = useCallback(() => setOpened('palette'), []);
  const openHelp = useCallback(() => setOpened('help'), []);
  useKeys({ go, openPalette, openHelp });
  const isHere = (to: string) => (to === '/' ? pathname === '/' : pathname.startsWith(to));
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Pages" />
            <Text fw={700}>EventOps</Text>
          </Group>
          <Group wrap="nowrap" gap="xs">
            <Button variant="default" size="compact-md" onClick={openPalette} aria-keyshortcuts="Control+K">
              Go to…
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="subtle" size="compact-md">
                  {me.subject}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{me.roles.join(', ') || 'no role'}</Menu.Label>
                <Menu.Item onClick={() => setColorScheme('light')}>Light</Menu.Item>
                <Menu.Item onClick={() => setColorScheme('dark')}>Dark</Menu.Item>
                <Menu.Item onClick={() => setColorScheme('auto')}>As the system</Menu.Item>
                <Menu.Divider />
                <Menu.Item onClick={openHelp}>Keys</Menu.Item>
                <Menu.Item component="a" href="/docs" target="_blank">
                  The API
                </Menu.Item>
                <Menu.Item onClick={signOut}>Sign out</Menu.Item>
                <Menu.Label>Version {settings.version}</Menu.Label>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
      </AppShell.Header>
      <Suspense>
        {opened === 'palette' && <Palette onClose={() => setOpened(null)} />}
        {opened === 'help' && <Help onClose={() => setOpened(null)} />}
      </Suspense>
      <AppShell.Navbar p="xs" component="nav" aria-label="Pages">
        {places.map(({ name, to, permission }) => {
          const isPermitted = me.permissions.includes(permission);
          return (
            <NavLink
              key={to}
              label={name}
              href={`#${to}`}
              active={isHere(to)}
              disabled={!isPermitted}
              aria-disabled={!isPermitted}
              description={isPermitted ? undefined : `needs ${permission}`}
              onClick={close}
            />
          );
        })}
      </AppShell.Navbar>
      {/* Marks that combine without an end cannot be wrapped: they end at the edge. */}
      <AppShell.Main style={{ overflowX: 'clip' }}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
