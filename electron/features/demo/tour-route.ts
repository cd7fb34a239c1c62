import type { TourRouteBody } from '#contract/tours.contract.ts';

/** Of the demo park: the round that a guard would walk on the screen at night; it can be begun at any time. */
export const DEMO_ROUTE: TourRouteBody = {
  name: { zh: '夜间重点部位巡看', en: 'Night round of key places' },
  groups: [
    { name: '围界', cameraIds: ['n-06', 'n-07', 'w-05'] },
    { name: '出入口', cameraIds: ['e-01', 'e-02'] },
    { name: '重点部位', cameraIds: ['h-01', 's-01', 'b2-07'] },
  ],
  times: ['21:00', '23:00', '01:00', '03:00', '05:00'],
  days: [1, 2, 3, 4, 5, 6, 7],
  guard: '',
  dwellSeconds: 5,
  confirmSeconds: 120,
  remindMinutes: 5,
  graceMinutes: 10,
  limitMinutes: 60,
  enabled: true,
};
