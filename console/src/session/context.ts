import { createContext, use } from 'react';
import type { Api } from '../api/client.ts';
import type { components } from '../api/schema.d.ts';
import type { ConsoleSettings } from './settings.ts';

export type Me = components['schemas']['Me'];
export type Permission = Me['permissions'][number];

export interface SignedIn {
  readonly settings: ConsoleSettings;
  readonly me: Me;
  readonly api: Api;
  readonly token: string;
  readonly signOut: () => void;
}

export const SessionContext = createContext<SignedIn | null>(null);

export function useSession(): SignedIn {
  const session = use(SessionContext);
  if (session === null) throw new Error('Nobody is signed in');
  return session;
}

export const usePermission = (permission: Permission): boolean => useSession().me.permissions.includes(permission);
