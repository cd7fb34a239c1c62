import { attribute, child, children, text, type Xml } from './xml.ts';

/** One notification, without the vendor's namespaces. */
export interface OnvifEvent {
  /** Without prefixes: VideoSource/MotionAlarm. */
  topic: string;
  /** Initialized: the state as it is when one subscribes. */
  operation: 'initialized' | 'changed' | 'deleted' | null;
  /** By the device's clock, UTC milliseconds. */
  deviceAtMs: number | null;
  source: Record<string, string>;
  data: Record<string, string>;
}

export function readNotifications(answer: Xml): OnvifEvent[] {
  return children(answer, 'NotificationMessage').flatMap((one) => {
    const topic = text(one, 'Topic');
    const message = child(one, 'Message', 'Message');
    if (topic === undefined || message === undefined) return [];
    const operation = (attribute(message, 'PropertyOperation') ?? '').toLowerCase();
    const atMs = Date.parse(attribute(message, 'UtcTime') ?? '');
    return [
      {
        topic: topic.replace(/[^/:\s]+:/g, ''),
        operation:
          (['initialized', 'changed', 'deleted'] as const).find((known) => known === operation) ?? null,
        deviceAtMs: Number.isNaN(atMs) ? null : atMs,
        source: items(child(message, 'Source')),
        data: items(child(message, 'Data')),
      },
    ];
  });
}

const items = (node: Xml | undefined) =>
  Object.fromEntries(
    children(node, 'SimpleItem').flatMap((one) => {
      const name = attribute(one, 'Name');
      return name === undefined ? [] : [[name, attribute(one, 'Value') ?? '']];
    }),
  );

/** What an event means, whoever made the device. `on` null: it says that it happened, not that it lasts. */
export interface EventMeaning {
  kind: 'motion' | 'tamper' | 'input';
  on: boolean | null;
  /** Which source of the device: an input's number, a video source. */
  source: string;
}

const KINDS: readonly (readonly [RegExp, EventMeaning['kind']])[] = [
  // Profile S/T, Hikvision, Dahua, Uniview; Axis has its own VideoAnalytics applications
  [/^VideoSource\/MotionAlarm$|Motion(Region)?Detector\/Motion$|^VideoAnalytics\/Motion|^CameraApplicationPlatform\/VMD/, 'motion'],
  [/^VideoSource\/GlobalSceneChange\/|TamperDetector\/Tamper$|^VideoSource\/Tampering$|^VideoSource\/ImageToo(Blurry|Dark|Bright)\//, 'tamper'],
  [/^Device\/Trigger\/DigitalInput$|^Device\/IO\/(Port|VirtualInput)$/, 'input'],
]; // prettier-ignore
/** Items that hold the state, by the names that vendors use. */
const STATES = [
  'State',
  'IsMotion',
  'IsTamper',
  'LogicalState',
  'active',
  'Active',
  'state',
  'tampering',
  'Value',
];

/** What an event means; undefined for what the guard room does not act on, and for what went away with its source. */
export function meaningOf(event: OnvifEvent): EventMeaning | undefined {
  const kind = KINDS.find(([pattern]) => pattern.test(event.topic))?.[1];
  if (!kind || event.operation === 'deleted') return undefined;
  const key = STATES.find((name) => event.data[name] !== undefined);
  const raw = key === undefined ? undefined : event.data[key];
  const on = raw === undefined ? null : /^(true|1|on|active)$/i.test(raw);
  const source = event.source['InputToken'] ?? event.source['port'] ?? Object.values(event.source)[0] ?? '';
  return { kind, on, source };
}
