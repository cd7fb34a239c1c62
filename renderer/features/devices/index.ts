import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'devices',
  path: '/devices',
  icon: 'M4 4h7v7H4zm9 0h7v7h-7zM4 13h7v7H4zm9 0h7v7h-7z',
  permission: 'overview.view',
  key: 'F4',
  order: 65,
  component: () => import('./DevicesScreen.vue'),
});
