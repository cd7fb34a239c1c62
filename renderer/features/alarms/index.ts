import { defineScreen } from '#app/screen.ts';

export default defineScreen({
  id: 'alarms',
  path: '/alarms',
  icon: 'M6 16V11a6 6 0 1 1 12 0v5l2 2H4zM10 21h4',
  permission: 'overview.view',
  key: 'F2',
  order: 20,
  component: () => import('./AlarmsScreen.vue'),
});
