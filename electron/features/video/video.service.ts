import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CameraState } from '#contract/video.contract.ts';
import { STREAM_KINDS, type StreamKind } from '#contract/media-wire.ts';
import { PULL_CHOICES } from '#contract/site.ts';
import { createHandover } from '#native/ffmpeg/handover.ts';
import { doorOf } from '#native/ffmpeg/login-door.ts';
import { createRelay, type Relay, type StreamState } from '#native/ffmpeg/relay.ts';
import type { LoginMemory } from '#native/process/login-memory.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import type { MediaOutlet, ReplayRequest, ReplayTile, StationPorts } from '#station/ports.ts';
import { addRelay, cameraDesk, cameraState, type CameraDesk } from './camera-desk.ts';
import type { HealthChange } from './camera-health.ts';
import { directFor, sourceOf, streamOf } from './camera-sources.ts';
import { startDirectPull } from './direct-pull.ts';
import { askCamera } from './ask-camera.ts';
import { createFfmpeg } from './ffmpeg-binary.ts';
import { createMediaSocket } from './media-socket.ts';
import { soundOfferOf } from './sound-offer.ts';
import { createTickets } from './tickets.ts';
import { transcodedReplay } from './transcoded-replay.ts';
import { createTranscodes } from './transcodes.ts';

/** Figures and health are brought up to date this often. */
const REFRESH_MS = 2_000;
/** Cameras asked at the same time: a park of 500 in a minute, without a burst. */
const CHECKS_AT_ONCE = 8;
/** Reasons that say nothing about whether the camera is there. */
const NOT_THE_CAMERA = new Set([
  'no_ffmpeg',
  'transcoder',
  'transcoding_off',
  'codec_not_playable',
  'failed',
]);

/** What the service has to know of a session. */
export interface VideoSessions<Session> {
  /** Whether it is still signed in and may look. */
  mayView(session: Session): boolean;
  /** Recordings, if there are any. */
  openReplay?(
    session: Session,
    request: ReplayRequest,
    outlet: MediaOutlet,
  ): ReplayTile | 'forbidden' | 'unknown_camera';
}

/**
 * Live video: one relay per stream that somebody looks at, and a question now and then to every camera that nobody
 * looks at, so that a lost camera is known before it is needed. Publishes `camera.lost` and `camera.back`.
 * @param mediaUrl address of the media WebSocket as a console reaches it
 * @param trusts whether a camera's certificate is the known one (rtsps)
 * @param logins which logins the devices of the park have refused
 */
export function createVideo<Session>(
  ports: StationPorts,
  sessions: VideoSessions<Session>,
  mediaUrl: () => string,
  trusts: CertificateCheck,
  logins: LoginMemory,
) {
  const { bus, clock, log, settings, site } = ports;
  settings.define(
    { key: 'video.pull', kind: 'choice', defaultValue: 'direct', options: [...PULL_CHOICES] },
    { key: 'video.lingerSeconds', kind: 'number', defaultValue: 10, min: 0, max: 600, restart: true },
    { key: 'video.checkSeconds', kind: 'number', defaultValue: 15, min: 5, max: 3_600, restart: true },
  );
  const ffmpeg = createFfmpeg(ports);
  const handover = createHandover();
  const transcodes = createTranscodes(ports, ffmpeg.get);
  const live = ports.liveCollection<CameraState>();
  const desks = new Map<string, CameraDesk>();
  const tickets = createTickets<Session>(clock);
  const checkMs = settings.number('video.checkSeconds') * 1_000;
  let nextCheckAtMs: number | null = null;
  let isStopped = false;
  const stopping = new AbortController();

  const media = createMediaSocket<Session>({
    authorize: (token) => tickets.take(token),
    mayView: (session) => sessions.mayView(session),
    openReplay: sessions.openReplay,
    transcodeReplay: (sub, outlet) => transcodedReplay(sub, outlet, transcodes.tools, clock.nowMs),
    openStream(cameraId, asked, isTranscoded) {
      const relay = openStream(cameraId, asked);
      const camera = site.camera(cameraId);
      return relay && camera && isTranscoded
        ? transcodes.of(cameraId, streamOf(camera, asked), relay)
        : relay;
    },
  });

  /** The relay of a camera's stream, made when it is first asked for. */
  function openStream(cameraId: string, asked: StreamKind): Relay | undefined {
    const camera = site.camera(cameraId);
    const desk = desks.get(cameraId);
    if (!camera || !desk || isStopped) return undefined;
    const stream = streamOf(camera, asked);
    const known = desk.relays.get(stream);
    if (known) return known.relay;
    return addRelay(desk, stream, (meter) =>
      createRelay({
        label: `${cameraId}/${stream}`,
        source: sourceOf(site, camera, stream, trusts),
        ffmpeg: ffmpeg.get,
        handover,
        direct: {
          start: startDirectPull,
          serves: () => directFor(site.camera(cameraId)?.pull ?? 'auto', settings.string('video.pull')),
          onRefused: (reason) => log.info('camera left to ffmpeg', { camera: cameraId, stream, reason }),
        },
        soundOffer: soundOfferOf,
        logins,
        lingerMs: settings.number('video.lingerSeconds') * 1_000,
        clock,
        onState: (state) => onStream(desk, stream, state),
        onFrame: ({ data }) => meter.note(data.length),
      }),
    );
  }

  function onStream(desk: CameraDesk, stream: StreamKind, state: StreamState): void {
    if (state.kind === 'live') announce(desk, desk.health.good());
    if (state.kind === 'waiting') {
      log.warn('camera stream failed', {
        camera: desk.id,
        stream,
        reason: state.reason,
        attempt: state.attempt,
      });
      noteFailure(desk, state.reason);
    }
    publish(desk);
  }

  /** One stream that works is enough, and some reasons are ours. */
  function noteFailure(desk: CameraDesk, reason: string): void {
    const works = [...desk.relays.values()].some(({ relay }) => relay.state.kind === 'live');
    if (works || NOT_THE_CAMERA.has(reason)) return;
    announce(desk, desk.health.bad(reason, clock.monotonicMs()));
  }

  function announce(desk: CameraDesk, change: HealthChange): void {
    if (change?.kind === 'lost')
      bus.emit('camera.lost', { cameraId: desk.id, reason: change.reason, atMs: clock.nowMs() });
    if (change?.kind === 'back') bus.emit('camera.back', { cameraId: desk.id, atMs: clock.nowMs() });
  }

  function publish(desk: CameraDesk): void {
    if (desks.get(desk.id) !== desk) return;
    const next = cameraState(desk, nextCheckAtMs);
    if (JSON.stringify(next) !== JSON.stringify(live.get(desk.id))) live.upsert(next);
  }

  /** Brings desks in line with the site: cameras added, removed, or with another address or login. */
  function followSite(): void {
    const cameras = site.current().cameras;
    const ids = new Set(cameras.map(({ id }) => id));
    for (const [id, desk] of [...desks]) {
      if (ids.has(id)) continue;
      desks.delete(id);
      live.remove(id);
      void transcodes.drop(id);
      for (const { relay } of desk.relays.values()) void relay.stop();
    }
    for (const camera of cameras) {
      const desk = desks.get(camera.id) ?? cameraDesk(camera.id);
      desks.set(camera.id, desk);
      for (const stream of STREAM_KINDS)
        desk.relays.get(stream)?.relay.update(sourceOf(site, camera, stream, trusts));
      publish(desk);
    }
  }

  /** Asks every camera that nobody looks at whether it is there and lets us in. */
  async function checkIdle(): Promise<void> {
    nextCheckAtMs = clock.nowMs() + checkMs;
    const waiting = [...desks.values()].filter(isIdle);
    const workers = Array.from({ length: CHECKS_AT_ONCE }, async () => {
      for (let desk = waiting.pop(); desk && !isStopped; desk = waiting.pop()) await checkOne(desk);
    });
    await Promise.all(workers);
  }

  const isIdle = (desk: CameraDesk) =>
    [...desk.relays.values()].every(({ relay }) => relay.state.kind === 'idle');

  async function checkOne(desk: CameraDesk): Promise<void> {
    const camera = site.camera(desk.id);
    if (!camera) return;
    const source = sourceOf(site, camera, streamOf(camera, 'sub'), trusts);
    const door = doorOf(logins, source);
    const reason = await askCamera(source, door, stopping.signal);
    desk.checkAtMs = reason === 'wrong_password' ? clock.nowMs() + door.waitMs() : 0;
    // Somebody began to look meanwhile: the stream knows better.
    if (isStopped || !isIdle(desk)) return;
    announce(desk, reason === null ? desk.health.good() : desk.health.bad(reason, clock.monotonicMs()));
    publish(desk);
  }

  let checking: Promise<void> = Promise.resolve();
  let cancelCheck: () => void = () => undefined;
  function checkLater(delayMs: number): void {
    cancelCheck = clock.after(delayMs, () => {
      checking = checkIdle().catch((error: Error) =>
        log.error('camera check failed', { error: error.message }),
      );
      void checking.then(() => isStopped || checkLater(checkMs));
    });
  }

  let refreshedAtMs = clock.monotonicMs();
  async function refresh(): Promise<void> {
    const now = clock.monotonicMs();
    for (const desk of desks.values()) {
      for (const stream of desk.relays.values()) stream.figures = stream.meter.read(now - refreshedAtMs);
      for (const { relay } of desk.relays.values())
        if (relay.state.kind === 'waiting') noteFailure(desk, relay.state.reason);
      publish(desk);
    }
    refreshedAtMs = now;
    media.cut((session) => !sessions.mayView(session));
    await reportHealth();
  }

  async function reportHealth(): Promise<void> {
    const hasFfmpeg = (await ffmpeg.info()) !== null;
    if (isStopped) return;
    const all = [...desks.values()];
    const lost = all.filter(({ health }) => health.lostReason !== null).length;
    const params = {
      total: all.length,
      lost,
      live: live.values().filter(({ state }) => state === 'live').length,
    };
    if (!hasFfmpeg) ports.health.set('video', 'bad', 'no_ffmpeg');
    else if (lost > 0) ports.health.set('video', 'warn', 'lost', params);
    else ports.health.set('video', 'ok', 'ok', params);
  }

  followSite();
  const stopSite = bus.on('site.changed', followSite);
  const stopSetting = bus.on('setting.changed', ({ key }) => key === 'video.pull' && followSite());
  const stopRefresh = clock.every(REFRESH_MS, () => void refresh());
  // At once, in the background: a start must not wait for cameras that do not answer.
  checkLater(0);

  return {
    live,
    ffmpeg: ffmpeg.info,
    ffmpegPath: ffmpeg.path,
    encoder: transcodes.encoder,
    ticket: (session: Session) => ({ url: mediaUrl(), token: tickets.issue(session) }),
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => media.upgrade(request, socket, head),
    openStream,
    /** Ends every pull and connection; no ffmpeg is left when it resolves. */
    async stop(): Promise<void> {
      isStopped = true;
      stopping.abort();
      stopSite();
      stopSetting();
      stopRefresh();
      cancelCheck();
      await media.close();
      await transcodes.stop();
      const relays = [...desks.values()].flatMap((desk) => [...desk.relays.values()]);
      await Promise.all([checking, handover.close(), ...relays.map(({ relay }) => relay.stop())]);
    },
  };
}
