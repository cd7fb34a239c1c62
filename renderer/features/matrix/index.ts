import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'matrix',
  path: '/matrix',
  icon: 'M3 4h12v10H3zM18 4h3M18 9h3M18 14h3M3 18h3M9 18h3M15 18h6',
  permission: 'video.view',
  key: 'X',
  order: 25,
  component: () => import('./MatrixScreen.vue'),
});
