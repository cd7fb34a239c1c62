import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** The certificate that a device showed. */
export interface SeenCertificate {
  host: string;
  port: number;
  /** Of the certificate's DER, 64 hex digits in lower case; empty when it showed none. */
  sha256: string;
}

/** Whether we go on talking. Called before anything is sent. */
export type CertificateCheck = (seen: SeenCertificate) => boolean;

/** A device showed another certificate than the one that is known of it. The message names no secret. */
export class CertificateRefused extends Error {
  readonly seen: SeenCertificate;
  constructor(seen: SeenCertificate) {
    super(`certificate refused host=${seen.host} port=${seen.port}`);
    this.name = 'CertificateRefused';
    this.seen = seen;
  }
}

/** A handshake that takes longer is none. */
const HANDSHAKE_MS = 10_000;

/**
 * Opens a TLS connection whose chain and name are not checked, because cameras sign for themselves. Nothing may be
 * written before {@link acceptCertificate}.
 */
export const openUnchecked = (options: ConnectionOptions & { host: string; port: number }): TLSSocket =>
  connect({ ...options, rejectUnauthorized: false });

/** To be called on `secureConnect`. @throws CertificateRefused */
export function acceptCertificate(
  socket: TLSSocket,
  at: { host: string; port: number },
  check: CertificateCheck | undefined,
): void {
  // no certificate gives an empty object, whose digest is missing
  const fingerprint = socket.getPeerCertificate().fingerprint256 as string | undefined;
  const seen = { ...at, sha256: (fingerprint ?? '').replaceAll(':', '').toLowerCase() };
  if (seen.sha256 === '' || check?.(seen) === false) throw new CertificateRefused(seen);
}

/** A connection that has passed the check, for callers that know only callbacks (an HTTP agent). */
export function connectPinned(
  options: ConnectionOptions & { host: string; port: number },
  check: CertificateCheck | undefined,
  done: (error: Error | null, socket?: TLSSocket) => void,
): void {
  const socket = openUnchecked(options);
  const fail = (error: Error) => {
    clearTimeout(timer);
    socket.destroy();
    done(error);
  };
  const timer = setTimeout(
    () => fail(Object.assign(new Error('handshake timed out'), { code: 'ETIMEDOUT' })),
    HANDSHAKE_MS,
  );
  socket.once('error', fail);
  socket.once('secureConnect', () => {
    try {
      acceptCertificate(socket, { host: options.host, port: options.port }, check);
    } catch (error) {
      return fail(error as Error);
    }
    clearTimeout(timer);
    socket.off('error', fail);
    done(null, socket);
  });
}

/** Only looks: for programs of others that connect themselves and check nothing. @throws CertificateRefused, or the socket's error */
export function lookAtCertificate(
  at: { host: string; port: number },
  check: CertificateCheck | undefined,
): Promise<void> {
  return new Promise((resolve, reject) =>
    connectPinned(at, check, (error, socket) => {
      socket?.on('error', () => undefined);
      socket?.destroy();
      if (error) reject(error);
      else resolve();
    }),
  );
}
