import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'tours',
  path: '/tours',
  icon: 'M3 5h12v9H3zM15 9l6-3v7l-6-2M5 19l3 2 6-5',
  permission: 'video.view',
  order: 36,
  component: () => import('./ToursScreen.vue'),
});
