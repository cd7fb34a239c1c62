import * as corridors from './corridors.mjs';
import { gateLane } from './gate-lane.mjs';
import { green } from './green.mjs';
import * as halls from './halls.mjs';
import * as indoor from './indoor.mjs';
import { parking } from './parking.mjs';
import * as perimeter from './perimeter.mjs';
import * as plant from './plant.mjs';
import { roof } from './roof.mjs';
import { turnstiles, turnstilesTailgating } from './turnstiles.mjs';

/** Every clip: its name, what is burnt in as the camera's name, and the scene. */
export const SCENES = {
  'n-06': { title: 'N-06 北围界中', make: perimeter.northMiddle },
  'n-07': { title: 'N-07 北围界西', make: perimeter.northWest },
  'n-07-intrusion': { title: 'N-07 北围界西', make: perimeter.northWestIntrusion },
  'n-08': { title: 'N-08 北围界东', make: perimeter.northEast },
  'w-05': { title: 'W-05 西围界', make: perimeter.west },
  'e-01': { title: 'E-01 东门车道', make: gateLane, kilobytes: 380 },
  'e-02': { title: 'E-02 东门人行通道', make: turnstiles, kilobytes: 245 },
  'e-02-tailgating': { title: 'E-02 东门人行通道', make: turnstilesTailgating },
  'b2-03': { title: 'B2-03 二号楼大厅', make: indoor.lobby, kilobytes: 245 },
  'b2-07': { title: 'B2-07 机要室走廊', make: corridors.secureCorridor },
  'b3-01': { title: 'B3-01 三号楼二层', make: corridors.officeCorridor },
  'b3-01-fire': { title: 'B3-01 三号楼二层', make: corridors.officeFire },
  'b4-02': { title: 'B4-02 数据机房', make: indoor.serverRoom, kilobytes: 245 },
  'c-01': { title: 'C-01 食堂', make: indoor.canteen, kilobytes: 300 },
  'b5-01': { title: 'B5-01 五号厂房', make: halls.workshop, kilobytes: 300 },
  'k-01': { title: 'K-01 仓库通道', make: halls.warehouse },
  'h-01': { title: 'H-01 危化品库罐区', make: plant.hazard },
  'h-01-gas': { title: 'H-01 危化品库罐区', make: plant.hazardGas },
  's-01': { title: 'S-01 变电所', make: plant.substation, kilobytes: 265 },
  'p-01': { title: 'P-01 停车场', make: parking },
  'g-01': { title: 'G-01 中心绿地', make: green },
  'r-01': { title: 'R-01 五号厂房屋顶', make: roof, kilobytes: 280 },
};
