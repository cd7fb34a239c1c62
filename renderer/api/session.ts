import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { Permission } from '#domain/permissions.ts';
import { api, hello, session, setSession } from './client.ts';

/** Who is signed in and what they may do. */
export const useSession = defineStore('session', () => {
  const account = computed(() => session.value?.account ?? null);
  const locked = computed(() => session.value?.locked ?? false);
  /** True when the person holds the permission; the station decides again for each call. */
  const may = (permission: Permission | 'session'): boolean =>
    session.value !== null && (permission === 'session' || session.value.permissions.includes(permission));

  async function signIn(username: string, password: string): Promise<void> {
    setSession(await api.auth.signIn({ username, password }));
  }
  /** Ends the session here in any case: a station that does not answer must not keep a person signed in. */
  async function signOut(): Promise<void> {
    try {
      await api.auth.signOut();
    } finally {
      setSession(null);
    }
  }
  async function lock(): Promise<void> {
    if (!session.value || session.value.locked) return;
    session.value = { ...session.value, locked: true };
    await api.auth.lock();
  }
  async function unlock(password: string): Promise<void> {
    setSession(await api.auth.unlock({ password }));
  }
  async function changePassword(current: string, next: string): Promise<void> {
    await api.auth.changePassword({ current, next });
    if (!session.value) return;
    session.value = { ...session.value, account: { ...session.value.account, mustChangePassword: false } };
  }
  return { hello, session, account, locked, may, signIn, signOut, lock, unlock, changePassword };
});
