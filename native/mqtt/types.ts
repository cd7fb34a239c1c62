import type { Clock as ProcessClock } from '#native/process/clock.ts';

/** What the MQTT driver says to those who use it. It knows brokers, topics and bytes, and no park. */

/** One PUBLISH as it came in. */
export interface InboundMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** True when the broker sent a stored message because of a subscription: it is old, however it looks. */
  readonly retained: boolean;
  /** True when the sender marked it as a repetition (DUP). A repetition may also come without the mark. */
  readonly duplicate: boolean;
  /** UTC ms of this machine's clock when the packet was read. */
  readonly receivedAtMs: number;
}

/** Why a link is down; the console words it. */
export const LINK_REASONS = [
  'refused',
  'host-not-found',
  'unreachable',
  'timeout',
  'keepalive-timeout',
  'connection-lost',
  'bad-credentials',
  'not-authorised',
  'identifier-rejected',
  'protocol-version',
  'server-unavailable',
  'session-taken-over',
  'certificate-untrusted',
  'certificate-expired',
  'certificate-wrong-host',
  'client-certificate-refused',
  'tls-failed',
  'protocol-error',
  'port-in-use',
  'port-forbidden',
  'other',
] as const;
export type LinkReason = (typeof LINK_REASONS)[number];

/** Why a link that is up takes nothing in, or not everything. */
export type BlockReason = 'write-failed' | 'subscription-refused';

export type LinkState =
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'online'; readonly sinceMs: number; readonly sessionPresent: boolean }
  | {
      readonly kind: 'offline';
      readonly reasonCode: LinkReason;
      readonly detail: string;
      readonly attempt: number;
      readonly retryAtMs: number;
    }
  | {
      readonly kind: 'blocked';
      readonly reason: BlockReason;
      /** The error's text, or the refused topic filters. For logs and the health page; never worded for people. */
      readonly detail: string;
      readonly attempt: number;
      readonly retryAtMs: number;
    }
  | { readonly kind: 'stopped' };

/** Time as the driver needs it: the station's clock and that of a test both fit. */
export type Clock = Pick<ProcessClock, 'nowMs' | 'after'>;

export interface PublishOptions {
  /** 0: fire and forget. 1 (default): resolves when the broker has acknowledged. */
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  /** After this time nobody wants it any more: not sent late, and (MQTT 5) not delivered late. */
  readonly expirySeconds?: number;
  /** `refuse` rejects at once while offline: for a command that must not happen minutes later. Default `queue`. */
  readonly whenOffline?: 'queue' | 'refuse';
}

/** What sends: a link to an external broker, or the embedded broker itself. */
export interface Publisher {
  /** @throws MqttError `offline`, `queue-full`, `expired`, `refused`, `stopped`, `invalid-topic`. */
  publish(topic: string, payload: string | Uint8Array, options?: PublishOptions): Promise<void>;
}
