import { watch } from 'vue';
import { createI18n } from 'vue-i18n';
import { language } from '#ui/preferences.ts';

interface Messages {
  [key: string]: string | Messages;
}
/** One file per feature and language: the file's name is the first part of its keys. */
const files = import.meta.glob<Messages>('../../resources/locales/*/*.json', {
  eager: true,
  import: 'default',
});

function messagesOf(locale: string): Messages {
  const messages: Messages = {};
  for (const [path, content] of Object.entries(files)) {
    const match = /\/locales\/([^/]+)\/([^/]+)\.json$/.exec(path);
    if (match?.[1] === locale && match[2]) messages[match[2]] = content;
  }
  return messages;
}

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: 'zh',
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
  messages: { zh: messagesOf('zh'), en: messagesOf('en') },
});

watch(
  language,
  (now) => {
    i18n.global.locale.value = now;
    document.documentElement.lang = now === 'zh' ? 'zh-CN' : 'en';
  },
  { immediate: true },
);
