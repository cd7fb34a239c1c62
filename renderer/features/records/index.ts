import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'records',
  path: '/records',
  icon: 'M5 3h10l4 4v14H5zM9 12h6m-6 4h6',
  permission: 'records.view',
  key: 'F7',
  order: 70,
  component: () => import('./RecordsScreen.vue'),
});
