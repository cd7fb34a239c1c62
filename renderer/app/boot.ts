import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { z } from 'zod';
import { connection } from '#api/client.ts';
import App from './App.vue';
import './base.css';
import { i18n } from './i18n.ts';
import { createScreenRouter } from './router.ts';
import type { Screen } from './screen.ts';
import { SCREENS } from './screens.ts';

/** Starts the console in `#app` and its link to the station. */
export function boot(screens: readonly Screen[]): void {
  // The page's security policy forbids code from text; zod would try it.
  z.config({ jitless: true });
  connection.start();
  createApp(App)
    .provide(SCREENS, screens)
    .use(createPinia())
    .use(i18n)
    .use(createScreenRouter(screens))
    .mount('#app');
}
