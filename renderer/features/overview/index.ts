import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'overview',
  path: '/',
  icon: 'M9 4 3 6v14l6-2 6 2 6-2V4l-6 2-6-2v14m6-12v14',
  permission: 'overview.view',
  key: 'F1',
  order: 10,
  component: () => import('./OverviewScreen.vue'),
});
