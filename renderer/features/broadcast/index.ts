import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'broadcast',
  path: '/broadcast',
  icon: 'M4 10v4h4l6 5V5l-6 5zM17 9a4 4 0 0 1 0 6',
  permission: 'broadcast.view',
  key: 'F6',
  order: 60,
  component: () => import('./BroadcastScreen.vue'),
});
