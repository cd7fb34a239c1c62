/** Pull points of the test device. */
export interface DeviceEvent {
  /** e.g. tns1:VideoSource/MotionAlarm */
  topic: string;
  operation?: 'Initialized' | 'Changed' | 'Deleted';
  source?: Record<string, string>;
  key?: Record<string, string>;
  data: Record<string, string>;
}
interface PullPoint {
  id: number;
  endsAtMs: number;
  queue: string[];
  wake: (() => void) | undefined;
}

const items = (all: Record<string, string> = {}) =>
  Object.entries(all)
    .map(([name, value]) => `<tt:SimpleItem Name="${name}" Value="${value}"/>`)
    .join('');
const messageXml = (event: DeviceEvent, atMs: number) =>
  `<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">${event.topic}</wsnt:Topic>` +
  `<wsnt:Message><tt:Message UtcTime="${new Date(atMs).toISOString()}" PropertyOperation="${event.operation ?? 'Changed'}">` +
  `<tt:Source>${items(event.source)}</tt:Source>${event.key ? `<tt:Key>${items(event.key)}</tt:Key>` : ''}<tt:Data>${items(event.data)}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`;

export function createPullPoints(nowMs: () => number) {
  const points = new Map<number, PullPoint>();
  let made = 0;
  const live = (id: number) => {
    const point = points.get(id);
    if (point && point.endsAtMs <= nowMs()) points.delete(id);
    return points.get(id);
  };
  return {
    count: () => points.size,
    created: () => made,
    create(forMs: number): PullPoint {
      made += 1;
      const point = { id: made, endsAtMs: nowMs() + forMs, queue: [], wake: undefined };
      points.set(made, point);
      return point;
    },
    renew(id: number, forMs: number): PullPoint | undefined {
      const point = live(id);
      if (point) point.endsAtMs = nowMs() + forMs;
      return point;
    },
    remove(id: number): boolean {
      points.get(id)?.wake?.();
      return points.delete(id);
    },
    /** As a device after a restart: nobody's subscription is known any more. */
    forget(): void {
      for (const point of points.values()) point.wake?.();
      points.clear();
    },
    emit(event: DeviceEvent): void {
      for (const point of points.values()) {
        point.queue.push(messageXml(event, nowMs()));
        point.wake?.();
      }
    },
    /** Messages, at the latest after `waitMs`; undefined: no such pull point (any more). */
    async pull(id: number, waitMs: number, limit: number): Promise<string[] | undefined> {
      const point = live(id);
      if (!point) return undefined;
      if (point.queue.length === 0)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs);
          point.wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      point.wake = undefined;
      return points.has(id) ? point.queue.splice(0, limit) : undefined;
    },
  };
}
