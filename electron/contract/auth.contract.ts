import { z } from 'zod';
import { PERMISSIONS, ROLES } from '#domain/permissions.ts';
import { command, commandInput, epochMs, localText, lockedToo, ok, query, recordId } from './base.ts';
import { siteInfo } from './site.ts';

export const account = z.object({
  id: recordId,
  username: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  enabled: z.boolean(),
  lockedUntilMs: epochMs.nullable(),
  mustChangePassword: z.boolean(),
  lastSignInAtMs: epochMs.nullable(),
});
export type Account = z.infer<typeof account>;
export const session = z.object({
  token: z.string(),
  account,
  permissions: z.array(z.enum(PERMISSIONS)),
  locked: z.boolean(),
  /** Without a command (`touch` is one) for this long the screen locks; annunciation goes on. */
  idleLockMs: z.int(),
});
export type Session = z.infer<typeof session>;
export const username = z
  .string()
  .trim()
  .min(2)
  .max(40)
  .regex(/^[\p{L}\p{N}._-]+$/u);
/** 8 or more characters, as integrators of GB/T 22239 systems set it. */
export const password = z.string().min(8).max(200);

/** What a console may know before anybody has signed in. */
export const hello = z.object({
  version: z.string(),
  site: siteInfo,
  /** A real site on its first start: the three administrators must be made first. */
  needsSetup: z.boolean(),
  /** Only on a demo park. */
  demoAccounts: z.array(
    z.object({ username: z.string(), password: z.string(), name: localText, role: z.enum(ROLES) }),
  ),
  capabilities: z.array(z.enum(['windows', 'dialogs', 'tray', 'kiosk'])),
  stationTimeMs: epochMs,
});
export type Hello = z.infer<typeof hello>;
const newAdmin = z.object({ username, name: z.string().min(1).max(60), password });

export const authContract = {
  hello: query('public', '/hello').output(hello),
  setup: command('public', '/auth/setup')
    .input(commandInput({ systemAdmin: newAdmin, securityAdmin: newAdmin, auditAdmin: newAdmin }))
    .output(ok),
  signIn: command('public', '/auth/sign-in')
    .input(z.object({ username: z.string().min(1).max(100), password: z.string().min(1).max(200) }))
    .output(session),
  /** Puts an earlier session on this connection (after a reconnect or a reload). */
  resume: command('public', '/auth/resume')
    .input(z.object({ token: z.string().min(1).max(200) }))
    .output(session),
  /** Somebody is at the console (mouse, keys): puts the idle lock off, as any command does. */
  touch: command('session', '/auth/touch').output(ok),
  signOut: command('session', '/auth/sign-out').meta(lockedToo('session')).output(ok),
  lock: command('session', '/auth/lock').meta(lockedToo('session')).output(ok),
  unlock: command('session', '/auth/unlock')
    .meta(lockedToo('session'))
    .input(z.object({ password: z.string().max(200) }))
    .output(session),
  changePassword: command('session', '/auth/change-password')
    .input(z.object({ current: z.string().max(200), next: password }))
    .output(ok),
  accounts: query('accounts.manage', '/accounts').output(z.array(account)),
  createAccount: command('accounts.manage', '/accounts')
    .input(commandInput({ username, name: z.string().min(1).max(60), role: z.enum(ROLES), password }))
    .output(account),
  updateAccount: command('accounts.manage', '/accounts/{id}')
    .input(
      commandInput({
        id: recordId,
        name: z.string().min(1).max(60).optional(),
        role: z.enum(ROLES).optional(),
        enabled: z.boolean().optional(),
        /** Sets a new password that must be changed at the next sign-in; also lifts a lockout. */
        password: password.optional(),
      }),
    )
    .output(account),
};
