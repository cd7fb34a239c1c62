import type { Coded, StreamTest } from '#contract/cameras.contract.ts';
import type { FfmpegBinary } from '#native/ffmpeg/binary.ts';
import { FfmpegError, streamReason } from '#native/ffmpeg/failure.ts';
import type { Handover } from '#native/ffmpeg/handover.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { deviceUrl } from '#native/onvif/address.ts';
import { createOnvifClient } from '#native/onvif/client.ts';
import { describe } from '#native/rtsp/describe.ts';
import type { LoginDoor } from '#native/process/login-memory.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import { streamWarnings } from './channels.ts';
import { audioOf } from './measure.ts';
import { usualLogin } from './probe-device.ts';
import { watchStream } from './watch-stream.ts';

const DESCRIBE_MS = 5_000;

export interface TestOptions {
  source: RtspSource;
  onvif?: { address: string; port: number; secure: boolean };
  /** Logins that everybody knows: using one is worth a warning. */
  usualLogins: readonly (readonly [string, string])[];
  /** Logins to be tried besides, because somebody asked for it. */
  defaults: readonly (readonly [string, string])[];
}

/** Whether a stream works, what it is, and what one should know about it. Never rejects for a camera's sake. */
export async function testStream(
  { source, onvif, defaults, usualLogins }: TestOptions,
  deps: {
    ffmpeg: () => Promise<FfmpegBinary>;
    handover: Handover;
    signal?: AbortSignal;
    /** A person may always try; what comes of it is told to those who wait for this login. */
    door: LoginDoor;
  },
): Promise<StreamTest> {
  const { door } = deps;
  // the cheap question first: its refusal says precisely why, and no ffmpeg is started for it
  const described = await describe({ ...source, timeoutMs: DESCRIBE_MS, onLetIn: door.letIn });
  if (!described.ok && described.reason === 'wrong_password') door.heard({ code: described.reason });
  const none = (reason: string, params: StreamTest['params'] = {}): StreamTest => ({
    ...{ reason, params, picture: null, facts: null, warnings: [] },
  });
  if (!described.ok && described.reason !== 'wrong_password') return none(described.reason, described.params);
  const result = described.ok ? await watch(described.sdp) : none(described.reason);
  // last, because wrong logins may lock the right one out
  const known = described.ok ? usualLogin(source.user, source.password, usualLogins) : [];
  result.warnings.push(...(known.length > 0 ? known : await loginWarnings(source, defaults)));
  return result;

  async function watch(sdp: string): Promise<StreamTest> {
    const clockOffsetMs = onvif ? await clockOf(onvif, source.trusts) : null;
    try {
      const { stream, picture } = await watchStream(source, { ...deps, ffmpeg: await deps.ffmpeg() });
      return {
        reason: null,
        params: {},
        picture: picture?.toString('base64') ?? null,
        facts: { ...stream, audio: audioOf(sdp), clockOffsetMs },
        warnings: [
          ...streamWarnings({ ...stream, clockOffsetMs }),
          ...(picture ? [] : [{ code: 'not_decoded', params: {} }]),
        ],
      };
    } catch (error) {
      if (!(error instanceof FfmpegError)) throw error;
      return none(streamReason(error.code), error.params);
    }
  }
}

/** Whether the camera lets in anybody, or one of the usual logins. Each is one more DESCRIBE; at most three. */
async function loginWarnings(source: RtspSource, defaults: TestOptions['defaults']): Promise<Coded[]> {
  if (defaults.length === 0) return [];
  const of = { url: source.url, timeoutMs: DESCRIBE_MS, trusts: source.trusts };
  const open = await describe(of);
  if (open.ok) return [{ code: 'no_password', params: {} }];
  for (const [user, password] of defaults) {
    const answer = await describe({ ...of, user, password });
    if (answer.ok) return [{ code: 'default_password', params: { username: user } }];
    if (answer.reason !== 'wrong_password') break;
  }
  return [];
}

/** The device's clock needs no login. Null where it does not tell. */
async function clockOf(
  at: { address: string; port: number; secure: boolean },
  trusts: CertificateCheck | undefined,
): Promise<number | null> {
  const url = deviceUrl({ ...at, host: at.address });
  const client = createOnvifClient({ url, timeoutMs: 3_000, ...(trusts ? { trusts } : {}) });
  try {
    return (await client.time()).offsetMs;
  } catch {
    return null;
  } finally {
    client.close();
  }
}
