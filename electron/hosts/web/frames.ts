import { z } from 'zod';

/** Frames that a console sends, as oRPC's peer protocol has them: a call, an event of an input stream, an abort. */
const frame = z.union([
  z.object({ i: z.union([z.string(), z.number()]), t: z.literal(4) }),
  z.object({ i: z.union([z.string(), z.number()]), t: z.literal(3), p: z.object({}) }),
  z.object({
    i: z.union([z.string(), z.number()]),
    t: z.literal(1).optional(),
    p: z.object({ u: z.string().refine((url) => url.startsWith('/') || URL.canParse(url)) }),
  }),
]);

/** Whether a WebSocket message is one of the protocol's; oRPC itself answers others with a stack trace in the log. */
export function isFrame(data: unknown): boolean {
  if (typeof data !== 'string') return false; // no method of the contract takes binary data
  try {
    return frame.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}
