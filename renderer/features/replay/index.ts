import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'replay',
  path: '/replay',
  icon: 'M12 5a8 8 0 1 1-7.5 5.2M4 4v6h6M12 9v4.5l3 2',
  permission: 'video.replay',
  key: 'H',
  order: 35,
  component: () => import('./ReplayScreen.vue'),
});
