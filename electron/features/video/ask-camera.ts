import type { RtspSource } from '#native/ffmpeg/source.ts';
import type { LoginDoor } from '#native/process/login-memory.ts';
import { RtspClientError } from '#native/rtsp/client-errors.ts';
import { describe } from '#native/rtsp/describe.ts';

const TIMEOUT_MS = 5_000;

/**
 * Whether a camera is there and lets us in, without pulling a picture. One whose login was refused is not asked again
 * before that is due.
 * @param signal ends the wait for its turn, not a question under way
 * @returns why not, or null
 */
export async function askCamera(
  source: RtspSource,
  door: LoginDoor,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await door.pass(
      async (onLetIn) => {
        const answer = await describe({ ...source, timeoutMs: TIMEOUT_MS, onLetIn });
        if (!answer.ok) throw new RtspClientError(answer.reason, answer.params);
      },
      { isPatient: true, signal },
    );
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}
