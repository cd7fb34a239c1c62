import { useI18n } from 'vue-i18n';
import type { Alarm } from '#contract/alarms.contract.ts';
import type { JsonObject, LocalText } from '#contract/base.ts';
import { toApiError } from '#api/errors.ts';
import { useTime } from './time.ts';
import { bytesText, spanText } from './time-format.ts';

type Words = Record<string, string | number>;

/** Everything that becomes words: names in two languages, codes with parameters, alarms, errors. */
export function useText() {
  const { t, te, locale } = useI18n({ useScope: 'global' });
  const time = useTime();

  /** A name in the console's language; an empty English one falls back to Chinese. */
  const lt = (text: LocalText | null | undefined): string =>
    text ? (locale.value === 'en' && text.en) || text.zh : '';

  const lists = (list: unknown[]) => list.map(String).join(t('app.listSeparator'));
  /** Parameters of a code as words: `…AtMs` and `…UntilMs` as times, `…Ms` as spans, `…Bytes` as sizes. */
  function words(params: JsonObject): Words {
    const out: Words = {};
    for (const [key, value] of Object.entries(params)) {
      if (typeof value === 'number' && /(?:^at|At|ntil)Ms$/.test(key)) out[key] = time.value.clock(value);
      else if (typeof value === 'number' && key.endsWith('Ms')) out[key] = spanText(value);
      else if (typeof value === 'number' && key.endsWith('Bytes')) out[key] = bytesText(value);
      else if (typeof value === 'number') out[key] = value;
      else out[key] = Array.isArray(value) ? lists(value) : typeof value === 'object' ? '' : String(value);
    }
    return out;
  }

  /**
   * The sentence of `<group>.<code>`, or of the nearest code above it, or null. A code that has others
   * below it is worded under `_`: `fire` is `alarmType.fire._`.
   */
  function worded(group: string, code: string, params: JsonObject = {}): string | null {
    for (let end = code.length; end > 0; end = code.lastIndexOf('.', end - 1)) {
      const key = `${group}.${code.slice(0, end)}`;
      for (const each of [key, `${key}._`]) {
        // te() is also true of a group of keys; t() then gives the key back.
        if (te(each) || te(each, 'zh')) {
          const text = t(each, words(params));
          if (text !== each) return text;
        }
      }
    }
    return null;
  }
  const code = (group: string, name: string, params: JsonObject = {}) => worded(group, name, params) ?? name;

  /** What went wrong, in one sentence. */
  function errorText(error: unknown): string {
    const { code: kind, reason, params } = toApiError(error);
    return (
      worded('error', reason, params) ?? t('error.withReason', { what: t(`error.code.${kind}`), reason })
    );
  }

  const alarmType = (type: string) => code('alarmType', type);
  /** What an occurrence carries: a measured value, the camera's rule and what it saw; empty when it carries none. */
  function alarmValue(data: JsonObject): string {
    const { value, unit, rule, object } = data;
    const measured =
      typeof value === 'number'
        ? `${Math.round(value * 100) / 100}${typeof unit === 'string' ? ` ${unit}` : ''}`
        : '';
    return [
      measured,
      typeof rule === 'string' && rule !== '' ? t('alarms.rule', { rule }) : '',
      typeof object === 'string' && object !== '' ? code('alarms.object', object) : '',
    ]
      .filter(Boolean)
      .join(' ');
  }
  type Titled = Pick<Alarm, 'deviceName' | 'type' | 'data'>;
  /** What and where first: device, type, value. */
  const alarmTitle = (alarm: Titled): string =>
    [lt(alarm.deviceName), alarmType(alarm.type), alarmValue(alarm.data)].filter(Boolean).join(' ');

  return { t, te, locale, lt, words, worded, code, errorText, alarmType, alarmValue, alarmTitle };
}
