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
    const atMs = utcOf(attribute(message, 'UtcTime') ?? '');
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

/** `UtcTime` is UTC by its name; devices leave the zone out, and JavaScript would read that as the station's own. */
const utcOf = (time: string) => Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`);

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
  // (some leave a letter out of it); Foscam calls motion a trigger
  [/^VideoSourc?e\/MotionAlarm$|Motion(Region)?Detector\/Motion$|^VideoAnalytics\/Motion|^CameraApplicationPlatform\/VMD|^Device\/Trigger\/MotionDetector$/, 'motion'],
  [/^VideoSource\/GlobalSceneChange\/|TamperDetector\/Tamper$|^VideoSource\/Tampering$|^VideoSource\/ImageToo(Blurry|Dark|Bright)\/|^UserAlarm\/VideoCover$/, 'tamper'],
  [/^Device\/Trigger\/(DigitalInput|AlarmIn)$|^Device\/IO\/(Port|VirtualInput)$/, 'input'],
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
  // by another name it is what can be nothing else
  const raw = key === undefined ? Object.values(event.data).find(isState) : event.data[key];
  const on = raw === undefined ? null : /^(true|1|on|active)$/i.test(raw);
  return { kind, on, source: sourceOf(event.source) };
}

const isState = (value: string) => /^(true|false|active|inactive)$/i.test(value);

/** An input's own name, else the video source, wherever it stands among rules and windows. */
function sourceOf(source: OnvifEvent['source']): string {
  const input = source['InputToken'] ?? source['AlarmInToken'] ?? source['port'];
  const video = Object.keys(source).find((name) => /source|channel/i.test(name));
  return input ?? (video === undefined ? Object.values(source)[0] : source[video]) ?? '';
}
