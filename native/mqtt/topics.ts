import { MqttError } from './errors.ts';

const maxTopicBytes = 65_535;
const hasNull = (text: string) => text.includes('\u0000');

/** @throws MqttError `invalid-topic` if the text cannot be the topic of a PUBLISH (MQTT 3.1.1 section 4.7). */
export function assertTopic(topic: string): void {
  if (topic === '' || hasNull(topic) || /[+#]/.test(topic) || Buffer.byteLength(topic) > maxTopicBytes)
    throw new MqttError('invalid-topic', { topic: topic.slice(0, 200) });
}

/** @throws MqttError `invalid-topic` if the text cannot be a topic filter: `+` fills a level, `#` is the last one. */
export function assertFilter(filter: string): void {
  const levels = filter.split('/');
  const good = levels.every(
    (level, index) =>
      level === '+' ||
      (level === '#' ? index === levels.length - 1 : !level.includes('+') && !level.includes('#')),
  );
  if (filter === '' || hasNull(filter) || Buffer.byteLength(filter) > maxTopicBytes || !good)
    throw new MqttError('invalid-topic', { topic: filter.slice(0, 200) });
}

/** Whether a topic falls under a filter. Wild cards at the front do not match topics that begin with `$`. */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const given = topic.split('/');
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= given.length || (level !== '+' && level !== given[index])) return false;
  }
  return wanted.length === given.length;
}
