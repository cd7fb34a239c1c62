import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'perimeter',
  path: '/perimeter',
  icon: 'M12 3 4 6v6c0 5 3.5 8 8 9 4.5-1 8-4 8-9V6z',
  permission: 'overview.view',
  key: 'F10',
  order: 45,
  component: () => import('./PerimeterScreen.vue'),
});
