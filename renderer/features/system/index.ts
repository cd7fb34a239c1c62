import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'system',
  path: '/system',
  icon: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3m0 12v3M3 12h3m12 0h3M5.6 5.6l2.1 2.1m8.6 8.6 2.1 2.1m0-12.8-2.1 2.1m-8.6 8.6-2.1 2.1',
  permission: 'health.view',
  key: 'F8',
  order: 80,
  component: () => import('./SystemScreen.vue'),
});
