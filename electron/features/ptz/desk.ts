import type { PtzState } from '#contract/ptz.contract.ts';
import { nextStep, toursAt, type PtzRest } from '#domain/ptz-rest.ts';
import type { LocalTime } from '#domain/recording-rule.ts';
import { releaseAtMs, type PtzHold } from '#domain/ptz.ts';
import { OnvifError } from '#native/onvif/errors.ts';
import type { PtzPreset, PtzStatus } from '#native/onvif/ptz.ts';
import type { Clock } from '#station/clock.ts';
import { createPtzDrive, type PtzDrive } from './drive.ts';
import { openHead, type PtzEndpoint, type PtzHead } from './head.ts';

/** Asked this often while a camera is on its way to a preset. */
const LOOK_MS = 400;
const LOOK_AT_MOST = 60;
/** Seen by somebody, it is asked again after this; a little under the consoles' own rhythm (`WHEREABOUTS_MS`). */
const GLANCE_MS = 9_000;
/** A tour whose camera does not answer tries again after this. */
const TOUR_RETRY_MS = 30_000;
/** One that refuses the login: four times in an hour locks no account. Another login, or a person, tries at once. */
const TOUR_REFUSED_MS = 900_000;
/** Outside of its times a tour looks this often whether they have begun. */
const TOUR_WAIT_MS = 15_000;

const codeOf = (error: unknown) => (error instanceof OnvifError ? error.code : 'failed');

/** One camera that can be steered: its connection, who holds it, and its rest. Nothing is sent before it is used. */
export class PtzDesk {
  readonly id: string;
  readonly #clock: Clock;
  readonly #publish: (desk: PtzDesk) => void;
  readonly #localTime: () => LocalTime;
  #endpoint: PtzEndpoint;
  #opening: Promise<{ head: PtzHead; drive: PtzDrive }> | undefined;
  #head: PtzHead | undefined;
  #drive: PtzDrive | undefined;
  #presets: PtzPreset[] = [];
  #position: PtzStatus['position'] | null = null;
  #travelling = false;
  #glancedAtMs = -Infinity;
  #reason: string | null = null;
  #cancelLook: () => void = () => undefined;
  #cancelRest: () => void = () => undefined;
  #touring = false;
  /** Grows with each beginning and end of a rest: an answer that comes late belongs to none. */
  #tour = 0;
  #step = -1;
  #closed = false;
  hold: PtzHold | null = null;
  rest: PtzRest;

  constructor(
    id: string,
    endpoint: PtzEndpoint,
    rest: PtzRest,
    clock: Clock,
    publish: (desk: PtzDesk) => void,
    localTime: () => LocalTime,
  ) {
    this.#localTime = localTime;
    this.id = id;
    this.#endpoint = endpoint;
    this.rest = rest;
    this.#clock = clock;
    this.#publish = publish;
  }

  /** The camera's connection, made when it is first needed. @throws OnvifError */
  async open(): Promise<{ head: PtzHead; drive: PtzDrive }> {
    this.#opening ??= this.#connect();
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      this.failed(error);
      throw error;
    }
  }
  async #connect() {
    const head = await openHead(this.#endpoint, () => this.#clock.nowMs());
    if (this.#closed) {
      head.close();
      throw new OnvifError('aborted');
    }
    const drive = createPtzDrive(head.ptz, head.node.continuous, this.#clock, () => this.#publish(this));
    this.#presets = head.node.maxPresets > 0 ? await head.ptz.presets() : [];
    // where it looks belongs on the map; a camera that does not tell can be steered all the same
    this.#position = await head.ptz.status().then(
      ({ position }) => position,
      () => null,
    );
    this.#head = head;
    this.#drive = drive;
    this.#reason = null;
    this.#publish(this);
    return { head, drive };
  }
  failed(error: unknown): void {
    this.#reason = codeOf(error);
    this.#publish(this);
  }
  works(): void {
    if (this.#reason === null) return;
    this.#reason = null;
    this.#publish(this);
  }
  async readPresets(): Promise<void> {
    const { head } = await this.open();
    this.#presets = await head.ptz.presets();
    this.#publish(this);
  }

  get position(): PtzStatus['position'] | null {
    return this.#position;
  }
  /** Asks while it is moved by hand too; one that is asked already goes on being asked. */
  watch(): void {
    if (!this.#travelling) this.look();
  }
  /**
   * Asks once where it looks, for those who see it; not while that is asked anyway, and not of a camera that failed: a
   * wrong password, tried again and again, locks the account.
   */
  async glance(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#closed || this.#reason || this.#travelling || nowMs - this.#glancedAtMs < GLANCE_MS) return;
    this.#glancedAtMs = nowMs;
    const isNew = this.#opening === undefined;
    // opening asks; what is wrong stands in the state
    const opened = await this.open().catch(() => null);
    if (!opened || isNew) return;
    const { head } = opened;
    const status = await head.ptz.status().catch(() => null);
    if (!status || this.#closed || head !== this.#head || this.#travelling) return;
    this.#position = status.position;
    if (status.moving) this.look();
    else this.#publish(this);
  }
  /** Asks where it looks until it stands still. */
  look(left = LOOK_AT_MOST, before = ''): void {
    this.#cancelLook();
    const head = this.#head;
    if (!head || this.#closed) return;
    this.#travelling = true;
    this.#publish(this);
    this.#cancelLook = this.#clock.after(LOOK_MS, () => {
      void head.ptz.status().then(
        ({ position, moving }) => {
          if (this.#closed) return;
          this.#position = position;
          const here = JSON.stringify(position);
          // one that does not tell whether it moves stands still when it has not moved since the last look
          const still = !this.#drive?.isMoving && (moving === null ? here === before : !moving);
          if (still || left <= 1) {
            this.#travelling = false;
            this.#publish(this);
          } else this.look(left - 1, here);
        },
        () => {
          this.#travelling = false;
          this.#publish(this);
        },
      );
    });
  }

  /** Nobody steers it now: it does what it is set to do. */
  startRest(): void {
    this.endRest();
    if (this.rest.mode === 'home') void this.#goHome();
    if (this.rest.mode === 'tour') void this.#tourOn((this.#tour += 1));
    this.#publish(this);
  }
  endRest(): void {
    this.#cancelRest();
    this.#tour += 1;
    this.#touring = false;
  }
  async #goHome(): Promise<void> {
    try {
      const { head } = await this.open();
      if (this.hold || !head.node.home) return;
      await head.ptz.home();
      this.look();
    } catch (error) {
      this.failed(error);
    }
  }
  async #tourOn(tour: number): Promise<void> {
    let waitMs = TOUR_WAIT_MS;
    const isDue = toursAt(this.rest, this.#localTime());
    if (isDue !== this.#touring) {
      this.#touring = isDue;
      this.#publish(this);
    }
    if (isDue) waitMs = await this.#tourStep(tour);
    if (tour !== this.#tour || this.#closed) return;
    this.#cancelRest = this.#clock.after(waitMs, () => void this.#tourOn(tour));
  }
  /** Goes to the next preset. @returns how long to stay there */
  async #tourStep(tour: number): Promise<number> {
    try {
      const { head } = await this.open();
      const step = nextStep(this.rest, this.#step, new Set(this.#presets.map(({ token }) => token)));
      if (step === null || tour !== this.#tour) return TOUR_RETRY_MS;
      const { presetToken, dwellSeconds, speed } = this.rest.steps[step]!;
      await head.ptz.gotoPreset(presetToken, speed === undefined ? undefined : { pan: speed, tilt: speed, zoom: speed }); // prettier-ignore
      this.#step = step;
      this.works();
      this.look();
      return dwellSeconds * 1_000;
    } catch (error) {
      this.failed(error);
      return codeOf(error) === 'wrong_password' ? TOUR_REFUSED_MS : TOUR_RETRY_MS;
    }
  }

  /** Its address or login has changed: the next command connects anew. */
  update(endpoint: PtzEndpoint): void {
    if (JSON.stringify(endpoint) === JSON.stringify(this.#endpoint)) return;
    this.#endpoint = endpoint;
    this.#cancelLook();
    this.#opening = undefined;
    this.#head?.close();
    this.#head = undefined;
    this.#drive = undefined;
    this.#reason = null;
    if (!this.hold) this.startRest();
  }
  state(): PtzState {
    const { hold } = this;
    const node = this.#head?.node;
    const nowMs = this.#clock.nowMs();
    const toWall = (ms: number) => Math.round(nowMs + ms - this.#clock.monotonicMs());
    return {
      id: this.id,
      holderId: hold?.id ?? null,
      holder: hold?.name ?? null,
      role: hold?.role ?? null,
      sinceMs: hold ? toWall(hold.sinceMs) : null,
      releaseAtMs: hold ? toWall(releaseAtMs(hold)) : null,
      kept: hold !== null && hold.keptSinceMs !== null,
      moving: this.#travelling || (this.#drive?.isMoving ?? false),
      position: this.#position,
      presets: this.#presets.map(({ token, name }) => ({ token, name })),
      can: node
        ? {
            panTilt: node.continuous.panTilt,
            zoom: node.continuous.zoom,
            home: node.home,
            absolute: node.absolute.panTilt || node.absolute.zoom,
            look: node.absolute.panTilt,
            frame: (node.relativeFov || node.relative.panTilt) && (node.absolute.zoom || node.relative.zoom),
            centre: node.relativeFov || node.relative.panTilt,
            maxPresets: Math.min(node.maxPresets, 1_000),
          }
        : null,
      rest: { ...this.rest, steps: [...this.rest.steps], schedule: this.rest.schedule.map((one) => ({ ...one, days: [...one.days] })) }, // prettier-ignore
      touring: this.#touring,
      reason: this.#reason,
    };
  }
  /** Stops what moves and forgets the camera. */
  async close(): Promise<void> {
    this.#closed = true;
    this.endRest();
    this.#cancelLook();
    if (this.#drive?.isMoving) await this.#drive.stop().catch(() => undefined);
    this.#head?.close();
  }
}
