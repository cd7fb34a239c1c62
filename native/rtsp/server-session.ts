import { randomBytes } from 'node:crypto';
import type { Clock, FrameInAir, Program, Viewer } from './server-feed.ts';
import { newRtpStream, rtpPackets, senderReport } from './server-rtp.ts';
import { SessionSound, type SoundLoop } from './server-sound.ts';
import type { RtpTransport } from './server-transport.ts';

/** Sender reports each five seconds (the minimum interval of RFC 3550 6.2). */
const REPORT_INTERVAL_MS = 5000;
/** Above this a client is too slow: it loses pictures up to the next key frame and delays nobody. */
const MAX_BACKLOG_BYTES = 512 * 1024;

/** One client that set up the video track of one mount. */
export class Session implements Viewer {
  readonly id = randomBytes(8).toString('hex');
  readonly path: string;
  readonly feed: Program;
  readonly transport: RtpTransport;
  readonly #clock: Clock;
  readonly #rtp = newRtpStream();
  #playing = false;
  #sound: SessionSound | undefined;
  #lastReportMs = -Infinity;
  /** Monotonic time of the last sign of life of the client. */
  aliveMs: number;

  constructor(path: string, feed: Program, transport: RtpTransport, clock: Clock) {
    this.path = path;
    this.feed = feed;
    this.transport = transport;
    this.#clock = clock;
    this.aliveMs = clock.monotonicMs();
  }

  /** The second track. False: it has one already. */
  addSound(loop: SoundLoop, transport: RtpTransport): boolean {
    if (this.#sound) return false;
    this.#sound = new SessionSound(loop, transport, `${this.id}@guardroom`);
    transport.onAlive(() => this.touch());
    return true;
  }

  touch(): void {
    this.aliveMs = this.#clock.monotonicMs();
  }

  /** Sequence number of the next packet, for RTP-Info. */
  get sequence(): number {
    return this.#rtp.sequence;
  }

  /** Starts pictures from the next key frame. */
  play(): void {
    if (!this.#playing) this.feed.add(this);
    this.#playing = true;
  }

  show(picture: FrameInAir): void {
    if (this.transport.backlogBytes() > MAX_BACKLOG_BYTES) {
      this.feed.skipToKey(this);
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lastReportMs >= REPORT_INTERVAL_MS) {
      this.#lastReportMs = nowMs;
      this.transport.sendRtcp(
        senderReport(this.#rtp, picture.rtpTime, picture.dueMs, `${this.id}@guardroom`),
      );
    }
    this.transport.sendRtp(rtpPackets(this.#rtp, picture.frame.payloads, picture.rtpTime));
    this.#sound?.playTo(picture.dueMs);
  }

  end(): void {
    this.feed.remove(this);
    this.transport.close();
    this.#sound?.close();
  }
}
