import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'emergency',
  path: '/emergency',
  icon: 'M12 3 2 20h20zM12 10v5m0 2v.5',
  permission: 'plan.view',
  key: 'F5',
  order: 50,
  component: () => import('./EmergencyScreen.vue'),
});
