import type { CertificateCheck } from '#native/tls/pinned.ts';
import { baseUrl, controlUrl } from './client-address.ts';
import type { Login } from './client-auth.ts';
import { openConnection, type ClientConnection } from './client-connection.ts';
import { RtspClientError } from './client-errors.ts';
import type { RtspResponse } from './client-message.ts';
import { parseSdp, type SdpTrack } from './client-sdp.ts';
import { audibleTrack, AudioReceiver, type SoundUnit } from './client-audio.ts';
import { RtpReceiver, type ReceiverFigures } from './client-receiver.ts';
import { sessionOf, channelsOf, type RtspSession } from './client-transport.ts';
import type { AccessUnit } from './rtp-access-unit.ts';

export interface RtspPlayOptions {
  /** rtsp(s)://host[:port]/path without a login. */
  url: string;
  user?: string;
  password?: string;
  /** For rtsps, see ConnectionOptions. */
  trusts?: CertificateCheck | undefined;
  /** The camera has asked for the login and taken it. */
  onLetIn?: (() => void) | undefined;
  /** For the connection and for each answer. */
  timeoutMs: number;
  /** Ends it, also while it is still starting. */
  signal: AbortSignal;
  /** The picture's track as described, before its first unit; `audio`: the others that can be heard. */
  onTrack(video: SdpTrack, audio: readonly SdpTrack[]): void;
  /**
   * One picture, with its last packet. `receivedAtMs`: wall clock; `cameraMs`: the camera's, once it has reported it. May
   * throw: the play ends with that error.
   */
  onUnit(unit: AccessUnit, receivedAtMs: number, cameraMs: number | undefined): void;
  /** Where sound goes. Without it no audio track is asked for; a camera that makes trouble about it plays without. */
  sound?: SoundSink | undefined;
  /** A picture that is incomplete, or needs one that was. */
  onSkipped(): void;
}

export interface SoundSink {
  /** The track that will be heard, before the first picture. */
  track(track: SdpTrack): void;
  unit(unit: SoundUnit, receivedAtMs: number): void;
}

export interface RtspPlay {
  /** Rejects when it is over: an RtspClientError, or what `onUnit` threw. Never fulfils. */
  readonly ended: Promise<never>;
  figures(): ReceiverFigures;
  /** Says goodbye and closes. */
  stop(): Promise<void>;
}

const MAX_REDIRECTIONS = 5;
/** Devices count a session's life differently, so twice as often as said, and at least each 25 s. */
const LONGEST_KEEP_ALIVE_MS = 25_000;
/** RFC 3550 6.2: the minimum interval. */
const REPORT_MS = 5_000;
/** A camera's goodbye is not waited for longer. */
const TEARDOWN_MS = 200;

/**
 * Plays a camera's picture in this process: RTSP 1.0 (RFC 2326) with RTP in the same TCP connection. Resolves when the
 * camera has agreed to send; rejects with an RtspClientError that says why not (`unsupported` is no fault of the camera).
 */
export async function playRtsp(options: RtspPlayOptions): Promise<RtspPlay> {
  let { url } = options;
  for (let redirections = 0; redirections <= MAX_REDIRECTIONS; redirections += 1) {
    const isBasicAllowed = isSameHost(url, options.url);
    const outcome = await tryAt(url, options, isBasicAllowed).catch((error: unknown) => {
      if (!(error instanceof SoundTrouble)) throw error;
      return tryAt(url, { ...options, sound: undefined }, isBasicAllowed);
    });
    if (typeof outcome !== 'string') return outcome;
    // what was asked for over TLS is not continued without
    if (/^rtsps:/i.test(url) && !/^rtsps:/i.test(outcome))
      throw new RtspClientError('refused_by_camera', { what: 'redirection without TLS' });
    url = outcome;
  }
  throw new RtspClientError('refused_by_camera', { what: 'redirections' });
}

const hostOf = (url: string) => /^rtsps?:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1]?.toLowerCase();
const isSameHost = (a: string, b: string) => hostOf(a) === hostOf(b);

/** It went wrong after the audio track was asked for: it may be because of that. */
class SoundTrouble extends Error {}

/** One camera's answer: the play, or the address that it sends us to. */
async function tryAt(
  url: string,
  options: RtspPlayOptions,
  isBasicAllowed: boolean,
): Promise<RtspPlay | string> {
  let receiver: RtpReceiver | undefined;
  let heard: AudioReceiver | undefined;
  let isSoundInDoubt = false;
  /** What the pictures were broken by: the reason for which we close, when we do. */
  let cause: unknown;
  const login: Login | undefined = options.user
    ? { user: options.user, password: options.password ?? '' }
    : undefined;
  const connection = await openConnection({
    ...{ url, login, isBasicAllowed, trusts: options.trusts, onLetIn: options.onLetIn },
    ...{ timeoutMs: options.timeoutMs, signal: options.signal },
    onPacket(channel, data) {
      try {
        if (!isSound(channel, data)) receiver?.packet(channel, data);
      } catch (error) {
        cause = error;
        receiver = undefined;
        connection.close();
      }
    },
  });
  /** Whatever is wrong with the sound costs the sound only. */
  function isSound(channel: number, data: Buffer): boolean {
    try {
      return heard?.packet(channel, data) ?? false;
    } catch {
      heard = undefined;
      return true;
    }
  }
  try {
    const described = await describe(connection);
    if (typeof described === 'string') {
      connection.close();
      return described;
    }
    const { video, audio, base, publicMethods } = described;
    options.onTrack(video, audio);
    const made = new RtpReceiver(video, { unit: options.onUnit, skipped: options.onSkipped });
    receiver = made;
    const trackUrl = controlUrl(base.track, video.control);
    const session = await setUp(connection, trackUrl, made, described.sessionNamed);
    const audible = options.sound && audibleTrack(audio);
    if (audible && options.sound) {
      isSoundInDoubt = true;
      heard = await setUpSound(connection, controlUrl(base.track, audible.control), session, {
        ...{ track: audible, sink: options.sound },
      });
      isSoundInDoubt = heard !== undefined;
    }
    await play(connection, base.session, trackUrl, session);
    isSoundInDoubt = false;
    connection.keep();
    const receivers = { made, heard };
    const stopTimers = keepAlive(connection, receivers, base.session, session, publicMethods);
    const ended = connection.ended.catch((error: unknown) => {
      stopTimers();
      throw cause ?? error;
    });
    ended.catch(() => undefined);
    return {
      ended,
      figures: () => made.figures(),
      async stop() {
        stopTimers();
        receiver = undefined;
        heard = undefined;
        // Cameras with few sessions to give keep one that was not closed until it times out.
        const goodbye = connection
          .request('TEARDOWN', base.session, { Session: session.id })
          .catch(() => undefined);
        await Promise.race([goodbye, new Promise((resolve) => setTimeout(resolve, TEARDOWN_MS).unref())]);
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    if (isSoundInDoubt && !options.signal.aborted) throw new SoundTrouble();
    throw cause ?? error;
  }
}

interface Description {
  video: SdpTrack;
  audio: SdpTrack[];
  base: { session: string; track: string };
  publicMethods: string;
  /** Its Session header, for a camera that does not name one with SETUP. */
  sessionNamed: string | undefined;
}

async function describe(connection: ClientConnection): Promise<Description | string> {
  const { url } = connection.target;
  // What it can do; a camera that does not know even this may still play.
  const options = await connection.request('OPTIONS', url);
  const redirection = redirectionOf(options);
  if (redirection) return redirection;
  const answer = await connection.request('DESCRIBE', url, { Accept: 'application/sdp' });
  const elsewhere = redirectionOf(answer);
  if (elsewhere) return elsewhere;
  check(answer, 'DESCRIBE');
  const sdp = parseSdp(answer.body);
  const video = sdp.tracks.find(({ media }) => media === 'video');
  if (!video) throw new RtspClientError('no_video');
  const base = baseUrl(
    url,
    answer.headers.get('content-base')?.[0],
    answer.headers.get('content-location')?.[0],
  );
  const session = controlUrl(base, sdp.control);
  return {
    video,
    audio: sdp.tracks.filter(({ media }) => media === 'audio'),
    // An address in the description itself outweighs the header, for the tracks too (as in FFmpeg).
    base: { session, track: /^rtsps?:/i.test(sdp.control) ? session : base },
    sessionNamed: answer.headers.get('session')?.[0] || undefined,
    publicMethods: (options.headers.get('public') ?? []).join(','),
  };
}

function redirectionOf(response: RtspResponse): string | undefined {
  const location = response.headers.get('location')?.[0];
  return response.status >= 300 && response.status < 400 && location ? location : undefined;
}

function check(response: RtspResponse, what: string): void {
  const { status } = response;
  if (status >= 200 && status < 300) return;
  if (status === 404) throw new RtspClientError('not_found', { what });
  // Unsupported transport, and the like: another client may have more luck.
  throw new RtspClientError(status === 461 ? 'unsupported' : 'refused_by_camera', { what, status });
}

interface Session extends RtspSession {
  channels: readonly [number, number];
}
/** The session and its term from this answer, where none before has named it. */
function takeName(session: Session, answer: RtspResponse): void {
  if (session.id === undefined) Object.assign(session, sessionOf(answer.headers.get('session')?.[0]));
}

async function setUp(
  connection: ClientConnection,
  uri: string,
  receiver: RtpReceiver,
  sessionNamed: string | undefined,
): Promise<Session> {
  connection.allowChannels([0, 1]);
  const answer = await connection.request('SETUP', uri, { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' });
  check(answer, 'SETUP');
  const session = sessionOf(answer.headers.get('session')?.[0] ?? sessionNamed);
  const channels = channelsOf(answer.headers.get('transport')?.[0]);
  connection.allowChannels(channels);
  receiver.listen(channels);
  return { ...session, channels };
}

/** The audio track in the same session; undefined where the camera does not want to. */
async function setUpSound(
  connection: ClientConnection,
  uri: string,
  session: Session,
  { track, sink }: { track: SdpTrack; sink: SoundSink },
): Promise<AudioReceiver | undefined> {
  const next = Math.min(254, Math.max(...session.channels) + 1);
  const wanted = [next, next + 1] as const;
  connection.allowChannels(wanted);
  const answer = await connection.request('SETUP', uri, {
    Session: session.id,
    Transport: `RTP/AVP/TCP;unicast;interleaved=${wanted[0]}-${wanted[1]}`,
  });
  if (answer.status < 200 || answer.status >= 300) return undefined;
  takeName(session, answer);
  const channels = channelsOf(answer.headers.get('transport')?.[0], wanted);
  // Sound among the pictures could not be told from them.
  if (channels.some((channel) => session.channels.includes(channel))) return undefined;
  connection.allowChannels(channels);
  const receiver = new AudioReceiver(track, sink.unit);
  receiver.listen(channels);
  sink.track(track);
  return receiver;
}

async function play(
  connection: ClientConnection,
  aggregate: string,
  track: string,
  session: Session,
): Promise<void> {
  const headers = { Session: session.id, Range: 'npt=0.000-' };
  let answer = await connection.request('PLAY', aggregate, headers);
  // 460 "only aggregate" never comes for the aggregate; some devices know their tracks only.
  if (answer.status >= 400 && aggregate !== track) answer = await connection.request('PLAY', track, headers);
  check(answer, 'PLAY');
  takeName(session, answer);
  if (session.id === undefined) throw new RtspClientError('bad_data', { what: 'session' });
}

/** Keeps the session and reports what came, until the returned function is called. */
function keepAlive(
  connection: ClientConnection,
  receivers: { made: RtpReceiver; heard: AudioReceiver | undefined },
  uri: string,
  session: Session,
  publicMethods: string,
): () => void {
  let method = /\bGET_PARAMETER\b/i.test(publicMethods) ? 'GET_PARAMETER' : 'OPTIONS';
  async function ask(): Promise<void> {
    const { status } = await connection.request(method, uri, { Session: session.id });
    // Announced and not known: the other way then. The camera has forgotten us: start over.
    if (status === 454) connection.close();
    else if (status >= 400) method = 'OPTIONS';
  }
  const everyMs = Math.min(LONGEST_KEEP_ALIVE_MS, session.timeoutMs / 2);
  // A refusal or a silence ends the connection, and with it the play.
  const alive = setInterval(() => void ask().catch(() => connection.close()), everyMs);
  const report = setInterval(() => {
    const packet = receivers.made.report();
    if (packet) connection.sendPacket(session.channels[1], packet);
    const heard = receivers.heard?.report();
    if (heard) connection.sendPacket(heard.channel, heard.packet);
  }, REPORT_MS);
  return () => {
    clearInterval(alive);
    clearInterval(report);
  };
}
