import { attribute, child, children, text, type Xml } from './xml.ts';

/** One notification, without the vendor's namespaces. */
export interface OnvifEvent {
  /** Without prefixes and the `//.` that some put behind it: VideoSource/MotionAlarm. */
  topic: string;
  /** Initialized: the state as it is when one subscribes. */
  operation: 'initialized' | 'changed' | 'deleted' | null;
  /** By the device's clock, UTC milliseconds. */
  deviceAtMs: number | null;
  source: Record<string, string>;
  /** Which of several it is about at the same time, as the one object of a field. */
  key: Record<string, string>;
  data: Record<string, string>;
}

/** Longer than any that was seen; a device may say what it likes, and it goes into records. */
const TEXT_CHARS = 200;
/** With the prefixes of vendors' namespaces, which are left out. */
const TOPIC_CHARS = 1_000;
const ITEMS = 50;
const cut = (text: string) => text.slice(0, TEXT_CHARS).toWellFormed();

export function readNotifications(answer: Xml): OnvifEvent[] {
  return children(answer, 'NotificationMessage').flatMap((one) => {
    const topic = text(one, 'Topic');
    const message = child(one, 'Message', 'Message');
    if (topic === undefined || message === undefined) return [];
    const operation = (attribute(message, 'PropertyOperation') ?? '').toLowerCase();
    const atMs = utcOf(attribute(message, 'UtcTime') ?? '');
    return [
      {
        topic: cut(
          topic
            .trim()
            .slice(0, TOPIC_CHARS)
            .replace(/[^/:\s]+:/g, '')
            .replace(/[/.]+$/, ''),
        ),
        operation:
          (['initialized', 'changed', 'deleted'] as const).find((known) => known === operation) ?? null,
        deviceAtMs: Number.isNaN(atMs) ? null : atMs,
        source: items(child(message, 'Source')),
        key: items(child(message, 'Key')),
        data: items(child(message, 'Data')),
      },
    ];
  });
}

/** `UtcTime` is UTC by its name; devices leave the zone out, and JavaScript would read that as the station's own. */
const utcOf = (time: string) => Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`);

const items = (node: Xml | undefined) =>
  Object.fromEntries(
    children(node, 'SimpleItem')
      .slice(0, ITEMS)
      .flatMap((one) => {
        const name = attribute(one, 'Name');
        return name === undefined ? [] : [[cut(name), cut(attribute(one, 'Value') ?? '')]];
      }),
  );
