import { rpc } from '#station/rpc.ts';
import type { Hello } from '#contract/auth.contract.ts';
import type { Accounts } from './accounts.service.ts';

const done = { ok: true } as const;

/** @param hello what a console may know before sign-in */
export function accountsApi(accounts: Accounts, hello: () => Hello) {
  const { auth } = rpc;
  return {
    hello: auth.hello.handler(() => hello()),
    setup: auth.setup.handler(async ({ input }) => {
      await accounts.setup(input);
      return done;
    }),
    signIn: auth.signIn.handler(({ input, context }) =>
      accounts.signIn(context.connection, input.username, input.password),
    ),
    resume: auth.resume.handler(({ input, context }) => accounts.resume(context.connection, input.token)),
    // The gate in front of every command has noted the time already.
    touch: auth.touch.handler(() => done),
    signOut: auth.signOut.handler(({ context }) => {
      accounts.signOut(context.connection);
      return done;
    }),
    lock: auth.lock.handler(({ context }) => {
      accounts.lock(context.session!);
      return done;
    }),
    unlock: auth.unlock.handler(({ input, context }) => accounts.unlock(context.session!, input.password)),
    changePassword: auth.changePassword.handler(async ({ input, context }) => {
      await accounts.changePassword(context.session!, input.current, input.next);
      return done;
    }),
    accounts: auth.accounts.handler(() => accounts.list()),
    createAccount: auth.createAccount.handler(({ input, context }) => accounts.create(context.actor, input)),
    updateAccount: auth.updateAccount.handler(({ input, context }) => accounts.update(context.actor, input)),
  };
}
