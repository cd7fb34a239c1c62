import { createMediaClient, type MediaClient } from './media-socket.ts';

let client: MediaClient | undefined;

/** The console's one connection for pictures; made on first use. */
export function mediaClient(): MediaClient {
  // Imported when needed: the client of the contract connects as soon as it is loaded.
  client ??= createMediaClient({ ticket: async () => (await import('./client.ts')).api.video.ticket() });
  return client;
}

/** Puts another client in its place: the bench page and tests bring their own tickets. */
export function useMediaClient(other: MediaClient): void {
  client?.close();
  client = other;
}
