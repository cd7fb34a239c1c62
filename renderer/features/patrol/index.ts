import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'patrol',
  path: '/patrol',
  icon: 'M6 17a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM18 3a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 19h6a4 4 0 0 0 0-8h-4a3 3 0 0 1 0-6h6',
  permission: 'overview.view',
  key: 'F9',
  order: 40,
  component: () => import('./PatrolScreen.vue'),
});
