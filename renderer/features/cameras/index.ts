import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'cameras',
  path: '/cameras',
  icon: 'M4 7h10v7H4zM14 9l5-2v7l-5-2M7 14v5h4M19 17v4m-2-2h4',
  permission: 'site.edit',
  order: 75,
  component: () => import('./CamerasScreen.vue'),
});
