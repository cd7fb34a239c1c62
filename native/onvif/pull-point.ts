import type { OnvifClient } from './client.ts';
import { OnvifError } from './errors.ts';
import { NAMESPACE } from './namespaces.ts';
import { readNotifications, type OnvifEvent } from './event-message.ts';
import { child, escapeXml, names, text, type Xml } from './xml.ts';

/** What the device forgets by itself when we vanish; renewed at half of it. */
const LEASE_MS = 60_000;
/** How long the device holds a pull open. Short enough that a silent device is noticed, and under what firewalls close. */
const HOLD_MS = 20_000;

export interface PullPoint {
  /**
   * Waits on the device for the next notifications (none after 20 s without any). Renews the lease on the way.
   * @throws OnvifError; then the subscription is lost and another one has to be made
   */
  pull(signal?: AbortSignal): Promise<OnvifEvent[]>;
  /** Best effort, never rejects. */
  unsubscribe(): Promise<void>;
}

/** Subscribes to all events of a device (real-time pull point, ONVIF Core 9.2). @throws OnvifError */
export async function createPullPoint(
  client: OnvifClient,
  clock: { monotonicMs(): number } = { monotonicMs: () => performance.now() },
): Promise<PullPoint> {
  const service = (await client.services()).get('events');
  if (!service) throw new OnvifError('not_supported', { service: 'events' });
  const answer = await client.call(
    'events',
    `<tev:CreatePullPointSubscription><tev:InitialTerminationTime>PT${LEASE_MS / 1000}S</tev:InitialTerminationTime></tev:CreatePullPointSubscription>`,
    addressed(service.href, 'tev', 'EventPortType/CreatePullPointSubscriptionRequest'),
  );
  const reference = child(answer, 'SubscriptionReference');
  const address = text(reference, 'Address');
  // some give a name in place of an address, to which nothing can be sent: the service is asked, `To` says the name
  // as WS-Addressing 1.0 wants it (no device of that kind was at hand)
  const isName = address !== undefined && /^(urn:|uuid:)/i.test(address);
  const url = address && !isName ? client.reach(address) : service;
  const to = isName ? address : url.href;
  const parameters = referenceHeader(child(reference, 'ReferenceParameters'));
  const options = (
    kind: 'tev' | 'wsnt',
    action: string,
    more: { signal?: AbortSignal; timeoutMs?: number } = {},
  ) => {
    const base = addressed(to, kind, action);
    return { ...base, ...more, url, header: `${base.header}${parameters}` };
  };
  let renewedMs = clock.monotonicMs();

  async function renew(): Promise<void> {
    const body = `<wsnt:Renew><wsnt:TerminationTime>PT${LEASE_MS / 1000}S</wsnt:TerminationTime></wsnt:Renew>`;
    try {
      await client.call('events', body, options('wsnt', 'SubscriptionManager/RenewRequest'));
    } catch (error) {
      // Some have no Renew and prolong with every pull; those that really forgot us will say so at the next one.
      if (!(error instanceof OnvifError) || !['fault', 'not_supported', 'not_onvif'].includes(error.code))
        throw error;
    }
    renewedMs = clock.monotonicMs();
  }

  // Where it is known, states are sent once again, so that an alarm that stood before we came is seen.
  await client
    .call(
      'events',
      '<tev:SetSynchronizationPoint/>',
      options('tev', 'PullPointSubscription/SetSynchronizationPointRequest'),
    )
    .catch(() => undefined);

  return {
    async pull(signal) {
      if (clock.monotonicMs() - renewedMs > LEASE_MS / 2) await renew();
      const body = `<tev:PullMessages><tev:Timeout>PT${HOLD_MS / 1000}S</tev:Timeout><tev:MessageLimit>100</tev:MessageLimit></tev:PullMessages>`;
      const limits = { timeoutMs: HOLD_MS + 10_000, ...(signal ? { signal } : {}) };
      const pulled = await client.call(
        'events',
        body,
        options('tev', 'PullPointSubscription/PullMessagesRequest', limits),
      );
      return readNotifications(pulled);
    },
    async unsubscribe() {
      await client
        .call(
          'events',
          '<wsnt:Unsubscribe/>',
          options('wsnt', 'SubscriptionManager/UnsubscribeRequest', { timeoutMs: 2_000 }),
        )
        .catch(() => undefined);
    },
  };
}

const ACTIONS = {
  tev: 'http://www.onvif.org/ver10/events/wsdl',
  wsnt: 'http://docs.oasis-open.org/wsn/bw-2',
} as const;

function addressed(to: string, kind: 'tev' | 'wsnt', name: string) {
  const action = `${ACTIONS[kind]}/${name}`;
  return {
    action,
    header: `<wsa:Action s:mustUnderstand="1">${action}</wsa:Action><wsa:To s:mustUnderstand="1">${escapeXml(to)}</wsa:To>`,
  };
}

/**
 * Reference parameters have to come back as header elements (WS-Addressing 3.1), and some devices (Axis) tell
 * subscriptions apart by nothing else. The reader drops prefixes, so each is written anew with the namespace that it
 * declares itself.
 */
function referenceHeader(parameters: Xml | undefined): string {
  return names(parameters)
    .map((name) => {
      const one = child(parameters, name);
      const declared = typeof one === 'object' ? one['$'] : undefined;
      const uri =
        typeof declared === 'object' && !Array.isArray(declared)
          ? Object.entries(declared).find(([key]) => key.startsWith('xmlns'))?.[1]
          : undefined;
      const space =
        typeof uri === 'string' ? ` xmlns:p="${escapeXml(uri)}"` : ` xmlns:p="${NAMESPACE.addressing}"`;
      return `<p:${name}${space} wsa:IsReferenceParameter="true">${escapeXml(text(one) ?? '')}</p:${name}>`;
    })
    .join('');
}
