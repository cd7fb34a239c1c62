import type { JsonObject } from '#contract/base.ts';
import type { CameraChange, ProbedDevice, StreamTest } from '#contract/cameras.contract.ts';
import type { Camera } from '#contract/site.ts';
import { deviceOf, deviceOfStream, secretsInAddress } from '#domain/camera-device.ts';
import { findFfmpeg } from '#native/ffmpeg/binary.ts';
import { createHandover } from '#native/ffmpeg/handover.ts';
import { doorOf } from '#native/ffmpeg/login-door.ts';
import type { RtspSource } from '#native/ffmpeg/source.ts';
import { discover, type Discovery } from '#native/onvif/discovery.ts';
import { OnvifError } from '#native/onvif/errors.ts';
import { probeAddresses } from '#native/onvif/probe.ts';
import { expandAddresses } from '#native/onvif/ranges.ts';
import type { LoginMemory } from '#native/process/login-memory.ts';
import { fail } from '#station/errors.ts';
import type { Actor, SitePort, StationPorts } from '#station/ports.ts';
import { forgetWithCameras } from './batch-secrets.ts';
import { createBatches, type CameraShelf, type CameraWrite } from './batches.ts';
import { changed } from './change.ts';
import type { RecordsDeps } from './event-records.ts';
import { watchClocks } from './clocks.ts';
import { found, hostOf, hostPort } from './found-camera.ts';
import { readCameraList } from './import/read-list.ts';
import { listenToCameras } from './onvif-events.ts';
import { changeOnDevice, reachesNoOther, sharingLogin } from './password.ts';
import { doorsAt } from './person-tries.ts';
import { probeDevice } from './probe-device.ts';
import { loadTemplates, shownTemplate } from './templates.ts';
import { testStream } from './test-stream.ts';
import type { createTrust } from './trust.ts';

/** Tests at the same time: each is a pull of its own. */
const TESTS_AT_ONCE = 4;

export interface CamerasDeps extends RecordsDeps {
  /** Writes cameras as the site does it: checked, sealed, audited. */
  shelf: CameraShelf & {
    sealAddress(url: string): string;
    /** Hosts that a camera would be led to and its stored password is not for. */
    ledElsewhere(camera: Camera): string[];
  };
  trust: ReturnType<typeof createTrust>;
  /** Which logins the devices of the park have refused. */
  logins: LoginMemory;
  /** Cameras where they really listen: those of a demo may have moved to another port. */
  reachable: Pick<SitePort, 'camera'>;
}
export interface TestInput {
  cameraId?: string | undefined;
  stream: 'main' | 'sub';
  url?: string | undefined;
  transport: 'tcp' | 'udp';
  username: string;
  password: string;
  onvif?: { address: string; port: number; secure: boolean } | undefined;
  tryDefaults: boolean;
  template?: string | undefined;
}

export type CamerasService = ReturnType<typeof createCameras>;

/** Brings cameras in: finds them, asks them, tests them, reads lists of them, and hears what they report. */
export function createCameras(ports: StationPorts, deps: CamerasDeps) {
  const { site, settings, write, audit } = ports;
  const { trust, reachable } = deps;
  const trusts = trust.check;
  const templates = loadTemplates(ports.paths.resources);
  const handover = createHandover();
  const stopping = new AbortController();
  const usualLogins = templates.flatMap(({ defaults }) => defaults);
  const listening = listenToCameras(ports, { ...deps, trusts });
  const clocks = watchClocks(ports, { reachable, trusts });
  const batches = createBatches(ports, deps.shelf);
  const stopForgetting = forgetWithCameras(ports);
  let running = 0;
  let isDiscovering = false;

  const ffmpeg = () => findFfmpeg({ setting: settings.string('video.ffmpegPath') || undefined });

  async function find(input: {
    multicast: boolean;
    seconds: number;
    hosts: string[];
    ports?: number[] | undefined;
  }) {
    const signal = stopping.signal;
    const none: Discovery = { devices: [], interfaces: [] };
    const [heard, asked] = await Promise.all([
      input.multicast ? discover({ durationMs: input.seconds * 1000, signal }) : none,
      probeAddresses({ hosts: input.hosts, ...(input.ports ? { ports: input.ports } : {}), signal }),
    ]);
    return { heard, asked };
  }

  const opened = (url: string) => site.openAddress(url) ?? fail('INVALID', 'cameras.login_elsewhere');
  const accountOf = (device: string, url: string) => ({ device, secrets: secretsInAddress(url) });
  /** The stored login goes nowhere but to the camera's own stored address. */
  function sourceOf(input: TestInput): { source: RtspSource; onvif: TestInput['onvif'] } {
    const { url, transport, username, password, cameraId } = input;
    if (cameraId === undefined) {
      if (url === undefined) return fail('INVALID', 'cameras.no_address');
      const login = username ? { user: username, password } : {};
      const source = { url: opened(url), transport, trusts, ...login };
      return {
        source: { ...source, account: accountOf(deviceOfStream(url), source.url) },
        onvif: input.onvif,
      };
    }
    const camera =
      reachable.camera(cameraId) ??
      fail('NOT_FOUND', 'site.unknown', { collection: 'cameras', id: cameraId });
    const own = input.stream === 'sub' ? (camera.subUrl ?? camera.mainUrl) : camera.mainUrl;
    if (url !== undefined && url !== own) return fail('INVALID', 'cameras.other_address');
    const login = camera.username
      ? { user: camera.username, password: site.cameraPassword(camera.id) ?? '' }
      : {};
    const source = { url: opened(own), transport: camera.transport, trusts, ...login };
    return {
      source: { ...source, account: accountOf(deviceOf(camera, own), source.url) },
      onvif: camera.onvif,
    };
  }

  return {
    listening,
    clocks: clocks.live,
    heard: listening.live,
    templates: () => templates.map(shownTemplate),

    async discover(
      actor: Actor,
      input: { multicast: boolean; seconds: number; addresses: string; ports?: number[] | undefined },
    ) {
      let hosts: string[];
      try {
        hosts = expandAddresses(input.addresses);
      } catch (error) {
        if (!(error instanceof OnvifError)) throw error;
        return fail('INVALID', `cameras.address.${error.params['why']}`, {
          value: error.params['value'] ?? '',
        });
      }
      if (isDiscovering) return fail('CONFLICT', 'cameras.discovering');
      isDiscovering = true;
      try {
        // it sends to the network: who asked for it, and where, is on record before
        write((tx) =>
          audit.append(tx, actor, 'camera.discover', null, {
            multicast: input.multicast,
            addresses: input.addresses.slice(0, 200),
            count: hosts.length,
          }),
        );
        const { heard, asked } = await find({ ...input, hosts });
        const urls = new Set(heard.devices.flatMap((one) => one.urls.map(hostPort)));
        const all = [...heard.devices, ...asked.filter((one) => !urls.has(hostPort(one.urls[0]!)))];
        return {
          devices: all.map((one) => found(one, site.current().cameras)),
          interfaces: heard.interfaces,
          askedAddresses: hosts.length,
        };
      } finally {
        isDiscovering = false;
      }
    },

    async probe(input: {
      host: string;
      port: number;
      secure: boolean;
      username: string;
      password: string;
    }): Promise<{
      reason: string | null;
      params: JsonObject;
      device: ProbedDevice | null;
    }> {
      const known = site.current().cameras.flatMap(({ id }) => reachable.camera(id) ?? []);
      const doors = doorsAt(deps.logins, known, input);
      try {
        const device = await probeDevice(
          { ...input, user: input.username },
          { trusts, certificateOf: trust.of, usualLogins, sealAddress: deps.shelf.sealAddress },
        );
        for (const door of doors) door.letIn();
        return { reason: null, params: {}, device };
      } catch (error) {
        for (const door of doors) door.heard(error);
        if (!(error instanceof OnvifError)) throw error;
        return { reason: error.code, params: { ...error.params }, device: null };
      }
    },

    async test(actor: Actor, input: TestInput): Promise<StreamTest> {
      const { source, onvif } = sourceOf(input);
      if (running >= TESTS_AT_ONCE) return fail('TOO_MANY', 'cameras.busy', { count: TESTS_AT_ONCE });
      running += 1;
      try {
        const template = templates.find(({ id }) => id === (input.template ?? 'generic'));
        const defaults = input.tryDefaults ? (template?.defaults ?? []) : [];
        // guessing a login is a thing to be on record
        if (defaults.length > 0)
          write((tx) =>
            audit.append(tx, actor, 'camera.try_logins', hostOf(source.url), { count: defaults.length }),
          );
        return await testStream(
          { source, defaults, usualLogins, ...(onvif ? { onvif } : {}) },
          { ffmpeg, handover, signal: stopping.signal, door: doorOf(deps.logins, source) },
        );
      } finally {
        running -= 1;
      }
    },

    importFile(actor: Actor, content: string, apply: boolean) {
      const { cameras, ...read } = readCameraList(Buffer.from(content, 'base64'), site.current(), templates, {
        canOpen: (url) => site.openAddress(url) !== null,
        ledElsewhere: deps.shelf.ledElsewhere,
      });
      const isClean = read.problems.length === 0 && read.rows.every((row) => row.problems.length === 0);
      if (!apply || !isClean) return { ...read, added: 0, batchId: null };
      return { ...read, added: cameras.length, batchId: batches.write(actor, 'import', cameras) };
    },

    addMany(actor: Actor, cameras: readonly CameraWrite[]) {
      const ids = new Set<string>();
      for (const { camera } of cameras) {
        if (site.camera(camera.id) || ids.has(camera.id))
          return fail('CONFLICT', 'cameras.id_taken', { id: camera.id });
        ids.add(camera.id);
      }
      return { count: cameras.length, batchId: batches.write(actor, 'add', cameras) };
    },

    changeMany(actor: Actor, ids: readonly string[], change: CameraChange) {
      const { password } = change;
      const all = [...new Set(ids)].map(
        (id) => site.camera(id) ?? fail('NOT_FOUND', 'site.unknown', { collection: 'cameras', id }),
      );
      const writes = all.map((camera) => ({ camera: changed(camera, change), password }));
      return { count: all.length, batchId: batches.write(actor, 'change', writes) };
    },

    hasPassword(cameraId: string) {
      if (!site.camera(cameraId)) return fail('NOT_FOUND', 'site.unknown', { collection: 'cameras', id: cameraId }); // prettier-ignore
      return { stored: deps.shelf.sealedPassword(cameraId) !== null };
    },

    batches: () => batches.list(),
    undo: (actor: Actor, id: string) => ({ count: batches.undo(actor, id) }),

    async changePassword(actor: Actor, cameraId: string, password: string) {
      const camera =
        site.camera(cameraId) ?? fail('NOT_FOUND', 'site.unknown', { collection: 'cameras', id: cameraId });
      const { onvif, username } = camera;
      if (!onvif || !username) return fail('INVALID', 'cameras.no_login');
      const sharing = sharingLogin(camera, site.current().cameras);
      write((tx) =>
        audit.append(tx, actor, 'camera.password', cameraId, { cameras: sharing.map(({ id }) => id) }),
      );
      const before = site.cameraPassword(cameraId) ?? '';
      const refusal = await changeOnDevice(
        { ...camera, onvif, username },
        { before, after: password },
        trusts,
      );
      if (refusal) return { ...refusal, cameraIds: [] };
      // asking the device took its time: what was removed or moved meanwhile does not get the password
      const still = sharing.flatMap(({ id }) => site.camera(id) ?? []).filter((one) => reachesNoOther(camera, one)); // prettier-ignore
      const put = still.map((one) => ({ camera: one, secret: { password } }));
      deps.shelf.putCameras(actor, { put, remove: [] }, () => undefined);
      return { reason: null, params: {}, cameraIds: still.map(({ id }) => id) };
    },

    trust(actor: Actor, at: { host: string; port: number; sha256: string }): void {
      trust.accept(actor, at);
      clocks.measureAll();
    },

    async stop(): Promise<void> {
      stopping.abort();
      stopForgetting();
      await Promise.all([listening.stop(), clocks.stop()]);
      await handover.close();
    },
  };
}
