/** The console's screens. To add one: a folder beside this file (see README.md) and a line here. */
import type { Screen } from '#app/screen.ts';
import alarms from './alarms/index.ts';
import broadcast from './broadcast/index.ts';
import cameras from './cameras/index.ts';
import devices from './devices/index.ts';
import emergency from './emergency/index.ts';
import matrix from './matrix/index.ts';
import overview from './overview/index.ts';
import patrol from './patrol/index.ts';
import perimeter from './perimeter/index.ts';
import records from './records/index.ts';
import replay from './replay/index.ts';
import system from './system/index.ts';
import tours from './tours/index.ts';
import video from './video/index.ts';

export const screens: Screen[] = [
  overview,
  alarms,
  emergency,
  matrix,
  broadcast,
  cameras,
  devices,
  patrol,
  perimeter,
  records,
  system,
  replay,
  tours,
  video,
];
