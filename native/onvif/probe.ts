import { createOnvifClient } from './client.ts';
import { OnvifError } from './errors.ts';
import type { FoundDevice } from './found.ts';

/** Where vendors have their web server: 80; Hikvision behind others 8000 or 81; Uniview 80; doors and cheap ones 8080, 8899, 2020. */
export const USUAL_PORTS = [80, 8080, 8000, 8899, 2020] as const;
const AT_ONCE = 32;

export interface ProbeOptions {
  hosts: readonly string[];
  ports?: readonly number[];
  /** Per address and port. Default 1.5 s: a device in the local network answers within milliseconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
  onFound?: (device: FoundDevice) => void;
}

/**
 * Asks given addresses whether an ONVIF device is there, with the one question that needs no login (the date). At most
 * 32 at once; nothing is asked but what is given. Never rejects.
 */
export async function probeAddresses(options: ProbeOptions): Promise<FoundDevice[]> {
  const found: FoundDevice[] = [];
  const waiting = options.hosts.values();
  const ports = options.ports ?? USUAL_PORTS;
  const worker = async () => {
    // the shared iterator hands every host to one worker
    for (const host of waiting) {
      for (const port of ports) {
        if (options.signal?.aborted) return;
        const answer = await ask(host, port, options);
        if (answer === 'no_host') break;
        if (answer === 'other') continue;
        found.push(answer);
        options.onFound?.(answer);
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, options.hosts.length) }, worker));
  const order = new Map(options.hosts.map((host, index) => [host, index]));
  return found.sort((a, b) => order.get(a.host)! - order.get(b.host)!);
}

/** 'no_host': other ports need not be tried. */
async function ask(
  host: string,
  port: number,
  options: ProbeOptions,
): Promise<FoundDevice | 'no_host' | 'other'> {
  const url = `http://${host}${port === 80 ? '' : `:${port}`}/onvif/device_service`;
  const client = createOnvifClient({ url, timeoutMs: options.timeoutMs ?? 1_500 });
  try {
    await client.call('device', '<tds:GetSystemDateAndTime/>', {
      open: true,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    const code = error instanceof OnvifError ? error.code : 'not_onvif';
    if (code === 'no_route' || code === 'unknown_host') return 'no_host';
    // it speaks SOAP, it only wants a login even for this
    const isDevice = error instanceof OnvifError && ['wrong_password', 'clock_skew'].includes(code) && 'fault' in error.params; // prettier-ignore
    if (!isDevice) return 'other';
  } finally {
    client.close();
  }
  return { id: url, host, urls: [url], name: '', hardware: '', location: '', heardOn: [] };
}
