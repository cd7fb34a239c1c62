import path from 'node:path';
import type { Broadcast, ZoneState } from '#contract/broadcast.contract.ts';
import type { Action } from '#contract/plan.ts';
import type { BroadcastPriority } from '#domain/broadcast-types.ts';
import { programmeProblem } from '#domain/broadcast-programme.ts';
import { may } from '#domain/permissions.ts';
import type { LocalOut } from '#native/audio/local-out.ts';
import { createRtpOut } from '#native/audio/rtp-out.ts';
import { createSpeech, type SpeechOptions } from '#native/audio/speech.ts';
import { readWav, durationMs, wavBytes } from '#native/audio/wav.ts';
import { fail, StationError } from '#station/errors.ts';
import type { Actor, AlarmsPort, EffectReceipt, EffectsPort, StationPorts } from '#station/ports.ts';
import * as store from './broadcast.store.ts';
import { createEngine } from './engine.ts';
import { mirrorFire } from './fire-mirror.ts';
import { createMessages } from './messages.service.ts';
import { createOutputs } from './outputs.ts';
import { outcomeOf } from './receipts.ts';
import { prepareSource, programmeFor } from './sources.ts';

export interface BroadcastDeps {
  effects: EffectsPort;
  alarms: Pick<AlarmsPort, 'open'>;
  /** The encoder in use; asked each time, because a setting may change it. */
  ffmpegPath: () => string;
  /** The workstation's speaker, shared with the siren. */
  local: LocalOut;
  speechCommands?: SpeechOptions['commands'];
}

export interface StartInput {
  zoneIds: string[];
  source: Broadcast['source'];
  class: BroadcastPriority;
  repeat: number;
  chime: boolean;
  idempotencyKey?: string;
}

type Announce = Extract<Action, { type: 'announce' }>;

/** Longest that an announcement may take with all its repeats and its waiting: the gate gives up on it then. */
const ANNOUNCE_TIMEOUT_MS = 12 * 3_600_000;

/** Speaks and plays in the park's broadcast zones. */
export function createBroadcast(ports: StationPorts, deps: BroadcastDeps) {
  const { settings, site, paths } = ports;
  settings.define(
    { key: 'broadcast.manualWaitSeconds', kind: 'number', defaultValue: 600, min: 5, max: 86_400 },
    { key: 'broadcast.scheduledWaitSeconds', kind: 'number', defaultValue: 300, min: 5, max: 86_400 },
  );
  const speech = createSpeech({ cacheDir: path.join(paths.data, 'speech'), commands: deps.speechCommands });
  const rtp = createRtpOut({ ffmpegPath: deps.ffmpegPath });
  const live = ports.liveCollection<Broadcast>();
  const zonesLive = ports.liveCollection<ZoneState>();
  const engine = createEngine(ports, createOutputs(rtp, deps.local), live, zonesLive);
  const messages = createMessages(ports, {
    ffmpegPath: deps.ffmpegPath,
    inUse: (id) =>
      engine.running().some(({ source }) => source.kind === 'message' && source.messageId === id),
  });
  /** Starts by hand on their way through the gate, by effect key. */
  const byHand = new Map<
    string,
    { chime: boolean; resolve: (one: Broadcast) => void; reject: (error: unknown) => void }
  >();

  const maxWaitMs = (priority: BroadcastPriority): number | undefined => {
    if (priority === 'manual') return settings.number('broadcast.manualWaitSeconds') * 1000;
    if (priority === 'scheduled') return settings.number('broadcast.scheduledWaitSeconds') * 1000;
    return undefined;
  };

  function checkZones(zoneIds: readonly string[]): void {
    const unknown = zoneIds.filter((id) => !site.broadcastZone(id));
    if (unknown.length > 0) fail('NOT_FOUND', 'broadcast.unknown_zone', { zones: unknown });
  }

  /** Prepares the sound, records the broadcast and starts it where nothing stronger plays. */
  async function begin(
    action: Announce,
    context: { actor: Actor; runId: string | null; chime: boolean },
    onChange: (broadcast: Broadcast) => void,
  ): Promise<Broadcast> {
    if (action.zoneIds === 'alarm') return fail('INVALID', 'effect.no_zones');
    const zoneIds = [...new Set(action.zoneIds)];
    checkZones(zoneIds);
    const wish = { priority: action.class, repeat: action.repeat, chime: context.chime };
    const problem = programmeProblem(wish);
    if (problem) fail('INVALID', problem);
    const { title, file } = await prepareSource(action.source, speech, messages);
    const programme = programmeFor(wish, file, path.join(paths.resources, 'sounds'));
    const stored = {
      id: ports.newId(),
      class: action.class,
      source: action.source,
      title,
      repeat: action.repeat,
      chime: context.chime,
      drill: false,
      runId: context.runId,
      startedBy: context.actor.name,
      requestedAtMs: ports.clock.nowMs(),
      zoneIds,
    };
    return engine.submit(stored, context.actor, { programme, onChange }, maxWaitMs(action.class));
  }

  deps.effects.register(
    'announce',
    async ({ action, actor, runId, idempotencyKey }, progress) => {
      const hand = byHand.get(idempotencyKey);
      const ended = Promise.withResolvers<EffectReceipt>();
      const onChange = (broadcast: Broadcast) => {
        if (broadcast.receipts.some(({ rung }) => rung === 'started'))
          progress({ rung: 'started', reason: null });
        if (broadcast.endedAtMs !== null) ended.resolve(outcomeOf(broadcast.receipts));
      };
      try {
        const broadcast = await begin(action, { actor, runId, chime: hand?.chime ?? true }, onChange);
        progress({ rung: 'accepted', reason: null });
        hand?.resolve(broadcast);
      } catch (error) {
        hand?.reject(error);
        throw error;
      }
      return await ended.promise;
    },
    // Sound that died with the station may be made again.
    { timeoutMs: ANNOUNCE_TIMEOUT_MS, afterRestart: 'repeat' },
  );

  void speech.engines().then((engines) => {
    const languages = new Set(engines.flatMap((engine) => engine.languages));
    const params = { engines: engines.map(({ id }) => id), languages: [...languages] };
    if (engines.length === 0) ports.health.set('speech', 'warn', 'none', params);
    else
      ports.health.set(
        'speech',
        languages.has('zh') ? 'ok' : 'warn',
        languages.has('zh') ? 'ready' : 'no_chinese',
        params,
      );
  });
  const stopMirror = mirrorFire(ports, deps.alarms, (zoneIds) =>
    engine.apply({ type: 'fire_mirror', zoneIds }),
  );
  const stopSite = ports.bus.on('site.changed', () => engine.siteChanged());

  return {
    live,
    zonesLive,
    messages,
    /**
     * Starts by hand, through the gate of effects like everything that touches the world. Resolves when the broadcast is
     * on record and ordered in every free zone.
     * @throws StationError NOT_FOUND unknown zone or message, FORBIDDEN, INVALID or UNAVAILABLE audio.*
     */
    async start(actor: Actor, input: StartInput): Promise<Broadcast> {
      if (input.class.startsWith('emergency') && !(actor.role && may(actor.role, 'broadcast.emergency'))) {
        fail('FORBIDDEN', 'permission', { permission: 'broadcast.emergency', role: actor.role });
      }
      checkZones(input.zoneIds);
      const { chime, idempotencyKey, ...wanted } = input;
      const key = `broadcast:${actor.id}:${idempotencyKey ?? ports.newId()}`;
      const { promise, resolve, reject } = Promise.withResolvers<Broadcast>();
      byHand.set(key, { chime, resolve, reject });
      const action: Action = { type: 'announce', ...wanted };
      void deps.effects
        .execute({ action, idempotencyKey: key, drill: false, runId: null, alarmId: null, actor })
        // Too late for a broadcast that began; the gate's word for one that did not.
        .then(({ rung, reason }) => reject(gateRefusal(rung, reason)));
      try {
        return await promise;
      } finally {
        byHand.delete(key);
      }
    },
    /** Ends a broadcast in these zones, or everywhere. One that has ended already is left as it is. */
    stop(actor: Actor, id: string, zoneIds?: string[]): void {
      if (!engine.job(id)) {
        if (live.get(id)) return;
        fail('NOT_FOUND', 'broadcast.unknown', { id });
      }
      ports.write((tx) => ports.audit.append(tx, actor, 'broadcast.stop', id, { zones: zoneIds ?? null }));
      engine.apply({ type: 'stop', id, zoneIds });
    },
    /** The explicit end of an emergency for background music; `zoneIds` absent: everywhere. */
    resumeMusic(actor: Actor, zoneIds?: string[]): void {
      if (zoneIds) checkZones(zoneIds);
      ports.write((tx) =>
        ports.audit.append(tx, actor, 'broadcast.resume_music', null, { zones: zoneIds ?? null }),
      );
      engine.apply({ type: 'resume_music', zoneIds });
    },
    list: (before: string | undefined, limit: number) => store.listBroadcasts(ports.db, before, limit),
    /** Checks the chain of receipts. */
    verify: () => store.verifyReceipts(ports.db),
    /** The sound of a source, to be heard on the console first. */
    async preview(
      source: Broadcast['source'],
    ): Promise<{ wavBase64: string; durationMs: number; engine: string }> {
      const { file, engine: maker } = await prepareSource(source, speech, messages);
      const pcm = await readWav(file);
      return {
        wavBase64: Buffer.from(wavBytes(pcm)).toString('base64'),
        durationMs: durationMs(pcm),
        engine: maker,
      };
    },
    /** Names of the speech engines with their languages, best first: `espeak-ng 1.51 (zh, en)`. */
    async speechEngines(): Promise<string[]> {
      const engines = await speech.engines();
      return engines.map(({ id, version, languages }) => `${id} ${version} (${languages.join(', ')})`);
    },
    async close(): Promise<void> {
      stopMirror();
      stopSite();
      engine.close();
      await rtp.close();
    },
  };
}
/** Why the gate did not hand a start to the executor. */
function gateRefusal(rung: EffectReceipt['rung'], reason: string | null): StationError {
  if (rung !== 'failed') return new StationError('CONFLICT', 'broadcast.already_done');
  return new StationError(reason === 'effect.denied' ? 'FORBIDDEN' : 'FAILED', reason ?? 'effect.error');
}

export type BroadcastService = ReturnType<typeof createBroadcast>;
