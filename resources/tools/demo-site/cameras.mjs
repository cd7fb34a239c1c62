import { at, inside, path } from './geometry.mjs';

const name = (zh, en) => ({ zh, en });

/** Where the demo's own RTSP server listens (electron/features/demo). */
const RTSP = 'rtsp://127.0.0.1:18554';

/** The camera that turns: its own ONVIF service on loopback, and how it hangs on its mast (resources/tools/make-panorama.mjs). */
const DOME = {
  username: 'guardroom',
  password: 'demo-camera',
  ptz: true,
  mount: { heightMetres: 12, panZeroDegrees: 180, tiltZeroDegrees: -20, tiltDegrees: 20, zoomTimes: 4 },
  onvif: { address: '127.0.0.1', port: 18580 },
};

/** A camera with two streams, both recorded: the large one around alarms, the small one always. About 0.05 Mbit/s more. */
const BOTH = {
  subUrl: `${RTSP}/n-07-sub`,
  recording: {
    ...{ mode: 'alarm', stream: 'main', preSeconds: 10, postSeconds: 60, keepDays: 7 },
    beside: { mode: 'continuous', keepDays: 1 },
  },
};

/** id, names, place, position, bearing, opening angle and reach in metres; the clips are drawn to fit them. */
const CAMERAS = [
  ['n-06', 'N-06 北围界中', 'N-06 North fence middle', 'north-green', at(600, 58), 80, 74, 45],
  ['n-07', 'N-07 北围界西', 'N-07 North fence west', 'north-green', at(320, 58), 78, 74, 45, BOTH],
  ['n-08', 'N-08 北围界东', 'N-08 North fence east', 'north-green', at(900, 58), 80, 74, 45],
  ['w-05', 'W-05 西围界', 'W-05 West fence', 'park', at(213, 470), 352, 66, 45, { username: 'guardroom', password: 'demo-camera' }],
  ['e-01', 'E-01 东门车道', 'E-01 East gate lanes', 'east-gate', at(1176, 322), 262, 82, 35, { sound: 'record' }],
  ['e-02', 'E-02 东门人行通道', 'E-02 East gate turnstiles', 'east-gate', at(1142, 313), 90, 84, 20],
  ['b2-03', 'B2-03 二号楼大厅', 'B2-03 Administration lobby', 'b2-lobby', inside('b2', 0.5, 0.62), 180, 82, 20],
  ['b2-07', 'B2-07 机要室走廊', 'B2-07 Classified room corridor', 'b2-f2', inside('b2', 0.85, 0.5), 270, 72, 25],
  ['b3-01', 'B3-01 三号楼二层', 'B3-01 Building 3 floor 2', 'b3-corridor-2', inside('b3', 0.1, 0.5), 90, 76, 25],
  ['b4-02', 'B4-02 数据机房', 'B4-02 Data hall', 'b4-data-hall', inside('b4', 0.15, 0.5), 90, 76, 20, { username: 'guardroom', password: 'demo-camera' }],
  ['b5-01', 'B5-01 五号厂房', 'B5-01 Workshop', 'b5-f1', inside('b5', 0.75, 0.9), 345, 80, 35],
  ['k-01', 'K-01 仓库通道', 'K-01 Warehouse aisle', 'k1', inside('k1', 0.95, 0.5), 270, 72, 35],
  ['h-01', 'H-01 危化品库罐区', 'H-01 Hazardous store tank area', 'tank-area', at(980, 506), 215, 82, 35],
  ['s-01', 'S-01 变电所', 'S-01 Substation', 'transformer-yard', at(992, 398), 150, 78, 25],
  ['c-01', 'C-01 食堂', 'C-01 Canteen', 'c1-f1', inside('c1', 0.95, 0.9), 300, 84, 30],
  ['p-01', 'P-01 停车场', 'P-01 Car park', 'parking-west', at(520, 456), 20, 84, 40],
  ['g-01', 'G-01 中心绿地', 'G-01 Central green', 'central-green', at(570, 466), 195, 86, 40],
  ['m-01', 'M-01 路口球机', 'M-01 Crossing dome', 'park', at(708, 312), 180, 62, 220, DOME],
  ['r-01', 'R-01 五号厂房屋顶', 'R-01 Workshop roof', 'b5-roof', inside('b5', 0.4, 0.95), 5, 84, 60],
]; // prettier-ignore

/** The first that an intrusion and a tailgating show: recorded around an alarm, so that replay has something to show. */
const ON_ALARM_IDS = ['e-01'];
/** About 0.2 Mbit/s each: a day of the three is 6 GB at the most. */
const ALWAYS = { mode: 'continuous', keepDays: 1, keepAlarmDays: 7 };
const ALWAYS_IDS = ['n-06', 'n-08', 'e-02'];
const ON_ALARM = { mode: 'alarm', preSeconds: 10, postSeconds: 60, keepDays: 7 };

export const makeCameras = () =>
  CAMERAS.map(([id, zh, en, placeId, position, directionDegrees, viewAngleDegrees, reachMetres, more]) => ({
    id,
    name: name(zh, en),
    placeId,
    position,
    mainUrl: `${RTSP}/${id}`,
    transport: 'tcp',
    directionDegrees,
    viewAngleDegrees,
    reachMetres,
    ...(ON_ALARM_IDS.includes(id) ? { recording: ON_ALARM } : {}),
    ...(ALWAYS_IDS.includes(id) ? { recording: ALWAYS } : {}),
    ...more,
  }));

/** Perimeter zones along the fence: id, names, line, detectors besides the fibre, cameras. */
const ZONES = [
  ['n1', '北围界西段', 'North fence west', path([205, 50], [520, 50]), ['fb-n1'], ['n-07']],
  ['n2', '北围界中段', 'North fence middle', path([520, 50], [840, 50]), ['fb-n2'], ['n-06', 'n-07']],
  ['n3', '北围界东段', 'North fence east', path([840, 50], [1155, 50]), ['fb-n3'], ['n-08']],
  ['e1', '东围界北段', 'East fence north', path([1155, 50], [1155, 306]), [], ['e-01']],
  ['e2', '东围界南段', 'East fence south', path([1155, 346], [1155, 625]), ['fb-e2'], ['h-01']],
  ['s2', '南围界东段', 'South fence east', path([1155, 625], [708, 625]), ['fb-s2'], ['h-01']],
  ['s1', '南围界西段', 'South fence west', path([672, 625], [205, 625]), [], ['g-01']],
  ['w2', '西围界南段', 'West fence south', path([205, 625], [205, 346]), [], ['w-05']],
  ['w1', '西围界北段', 'West fence north', path([205, 314], [205, 50]), ['fb-w1'], ['w-05']],
]; // prettier-ignore

export const makePerimeterZones = () =>
  ZONES.map(([id, zh, en, line, more, cameraIds]) => ({
    id: `pz-${id}`,
    name: name(zh, en),
    placeId: id.startsWith('n') ? 'north-green' : 'park',
    line,
    deviceIds: [`fv-${id}`, ...more],
    controllerId: `fv-${id}`,
    cameraIds,
  }));
