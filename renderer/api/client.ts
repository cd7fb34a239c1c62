/** The console's one station: `api` calls it, `connection` says how the link is, `hello` and `session` who is there. */
import { createStationClient } from './station-client.ts';
import { connectFrom } from './transport.ts';

export const { api, connection, hello, session, setSession } = createStationClient({
  connect: connectFrom(window),
  tokens: window.sessionStorage,
});
