import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'video',
  path: '/video',
  icon: 'M3 6h12v12H3zM15 10l6-3v10l-6-3',
  permission: 'video.view',
  key: 'F3',
  order: 30,
  component: () => import('./VideoScreen.vue'),
});
