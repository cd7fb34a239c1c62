import { at, inside } from './geometry.mjs';
import { POINTS } from './points.mjs';

/** Every device of the demo park: about 270 in the systems that the smart-park guide lists. */

const SILENT_AFTER_S = 900;
const FLOOR_ZH = ['一', '二', '三', '四', '五', '六'];
/** Spots of repeated detectors on a floor, as fractions of the footprint. */
const SPOTS = [[0.22, 0.35], [0.78, 0.62], [0.5, 0.3], [0.35, 0.75], [0.68, 0.2]]; // prettier-ignore
const SPOT_ZH = ['西侧', '东侧', '中部', '南侧', '北侧'];
const SPOT_EN = ['west', 'east', 'middle', 'south', 'north'];

export function makeDevices() {
  const devices = [];
  const counters = {};
  /** Adds one device; `kind` also chooses its points unless `points` names another set. */
  const add = (id, kind, zh, en, placeId, position, more = {}) => {
    const { points = kind, ...rest } = more;
    devices.push({
      id,
      kind,
      name: { zh, en },
      placeId,
      position,
      heartbeatSeconds: SILENT_AFTER_S,
      points: POINTS[points],
      ...rest,
    });
  };
  const next = (prefix) => {
    counters[prefix] = (counters[prefix] ?? 0) + 1;
    return String(counters[prefix]).padStart(2, '0');
  };
  fire(add, next);
  perimeter(add);
  access(add, next);
  building(add, next);
  energy(add, next);
  environment(add, next);
  people(add, next);
  return devices;
}

const BUILDING_CAMERAS = { 'b2-f1': ['b2-03'], 'b2-f2': ['b2-07'], 'b3-f2': ['b3-01'], 'b4-f2': ['b4-02'], 'b5-f1': ['b5-01'], 'c1-f1': ['c-01'], k1: ['k-01'], s1: ['s-01'], h1: ['h-01'] }; // prettier-ignore
const camerasOf = (placeId) => ({ cameraIds: BUILDING_CAMERAS[placeId] ?? [] });

function fire(add, next) {
  add(
    'fc-01',
    'fire_controller',
    '火灾报警控制器',
    'Fire alarm controller',
    'b2-fire-room',
    inside('b2', 0.08, 0.8),
    { model: 'JB-QT (demo)' },
  );
  const floors = { b1: 4, b2: 6, b3: 4, b4: 3, b5: 2, c1: 2 };
  const zhOf = { b1: '1 号楼', b2: '2 号楼', b3: '3 号楼', b4: '4 号楼', b5: '5 号厂房', c1: '食堂' };
  const enOf = { b1: 'B1', b2: 'B2', b3: 'B3', b4: 'B4', b5: 'B5', c1: 'Canteen' };
  for (const [building, count] of Object.entries(floors)) {
    for (let floor = 1; floor <= count; floor += 1) {
      const placeId = `${building}-f${floor}`;
      const [zh, en] = [`${zhOf[building]}${FLOOR_ZH[floor - 1]}层`, `${enOf[building]} floor ${floor}`];
      const smokes = building === 'b3' || building === 'b5' ? 3 : 2;
      for (let i = 0; i < smokes; i += 1) {
        add(
          `sd-${placeId}-${i + 1}`,
          'smoke',
          `${zh}${SPOT_ZH[i]}烟感`,
          `${en} smoke detector, ${SPOT_EN[i]}`,
          placeId,
          inside(building, ...SPOTS[i]),
          camerasOf(placeId),
        );
      }
      add(
        `mcp-${placeId}`,
        'manual_call_point',
        `${zh}手动报警按钮`,
        `${en} manual call point`,
        placeId,
        inside(building, 0.5, 0.9),
        camerasOf(placeId),
      );
      if (floor % 2 === 1)
        add(`hy-${placeId}`, 'hydrant', `${zh}消火栓`, `${en} hydrant`, placeId, inside(building, 0.12, 0.5));
    }
    add(
      `sp-${building}`,
      'sprinkler',
      `${zhOf[building]}喷淋末端`,
      `${enOf[building]} sprinkler end point`,
      `${building}-f${count}`,
      inside(building, 0.9, 0.15),
    );
  }
  for (const [i, u] of [0.2, 0.5, 0.8].entries()) {
    add(
      `sd-k1-${i + 1}`,
      'smoke',
      `仓库${['西', '中', '东'][i]}区烟感`,
      `Warehouse smoke detector ${i + 1}`,
      'k1',
      inside('k1', u, 0.5),
      camerasOf('k1'),
    );
    add(
      `ht-k1-${i + 1}`,
      'heat',
      `仓库${['西', '中', '东'][i]}区温感`,
      `Warehouse heat detector ${i + 1}`,
      'k1',
      inside('k1', u, 0.3),
      camerasOf('k1'),
    );
  }
  add(
    'sd-s1-1',
    'smoke',
    '变电所烟感',
    'Substation smoke detector',
    's1',
    inside('s1', 0.6, 0.5),
    camerasOf('s1'),
  );
  add(
    'ht-c1-1',
    'heat',
    '后厨温感',
    'Kitchen heat detector',
    'c1-kitchen',
    inside('c1', 0.85, 0.3),
    camerasOf('c1-f1'),
  );
  add(
    'mcp-k1',
    'manual_call_point',
    '仓库手动报警按钮',
    'Warehouse manual call point',
    'k1',
    inside('k1', 0.5, 0.95),
    camerasOf('k1'),
  );
  add(
    'mcp-h1',
    'manual_call_point',
    '危化品库手动报警按钮',
    'Hazardous store manual call point',
    'h1',
    inside('h1', 0.05, 0.5),
    camerasOf('h1'),
  );
  for (let i = 1; i <= 4; i += 1) {
    add(
      `gd-${next('gd')}`,
      'gas',
      `危化品库可燃气体 G-0${i}`,
      `Hazardous store combustible gas G-0${i}`,
      i <= 2 ? 'tank-area' : 'h1',
      i <= 2 ? at(958, 520 + i * 24) : inside('h1', 0.2 + 0.25 * (i - 2), 0.5),
      { cameraIds: ['h-01'] },
    );
  }
  for (let i = 5; i <= 6; i += 1)
    add(
      `gd-0${i}`,
      'gas',
      `危化品库氨气 G-0${i}`,
      `Hazardous store ammonia G-0${i}`,
      'h1',
      inside('h1', 0.3 * (i - 4), 0.8),
      { points: 'toxic', cameraIds: ['h-01'] },
    );
  add('gd-07', 'gas', '后厨燃气 G-07', 'Kitchen gas G-07', 'c1-kitchen', inside('c1', 0.8, 0.2), {
    cameraIds: ['c-01'],
  });
  add('gd-08', 'gas', '燃气表间 G-08', 'Gas meter room G-08', 'c1-f1', inside('c1', 0.95, 0.8), {
    cameraIds: ['c-01'],
  });
}

function perimeter(add) {
  const zones = { n1: ['北围界西', 'North fence west', 360, 50, ['n-07']], n2: ['北围界中', 'North fence middle', 680, 50, ['n-06', 'n-07']], n3: ['北围界东', 'North fence east', 1000, 50, ['n-08']], e1: ['东围界北', 'East fence north', 1155, 180, ['e-01']], e2: ['东围界南', 'East fence south', 1155, 480, ['h-01']], s1: ['南围界西', 'South fence west', 430, 625, ['g-01']], s2: ['南围界东', 'South fence east', 940, 625, ['h-01']], w1: ['西围界北', 'West fence north', 205, 180, ['w-05']], w2: ['西围界南', 'West fence south', 205, 490, ['w-05']] }; // prettier-ignore
  for (const [id, [zh, en, x, y, cameraIds]] of Object.entries(zones)) {
    add(`fv-${id}`, 'fence_vibration', `${zh}振动光纤`, `${en} vibration fibre`, 'park', at(x, y), {
      commands: ['arm', 'disarm', 'test'],
      cameraIds,
    });
    if (['n1', 'n2', 'n3', 'e2', 's2', 'w1'].includes(id)) {
      add(
        `fb-${id}`,
        'fence_beam',
        `${zh}红外对射`,
        `${en} infrared beam`,
        'park',
        at(x + (y === 50 || y === 625 ? 40 : 0), y + (y === 50 || y === 625 ? 0 : 40)),
        { cameraIds },
      );
    }
  }
}

function access(add, next) {
  for (let i = 1; i <= 4; i += 1)
    add(
      `ts-e-${i}`,
      'turnstile',
      `东门人行通道 ${i}`,
      `East gate turnstile ${i}`,
      'east-gate',
      at(1150, 306 + i * 3),
      { commands: ['open', 'close', 'emergency_open'], cameraIds: ['e-02'] },
    );
  for (let i = 1; i <= 2; i += 1)
    add(
      `ts-b2-${i}`,
      'turnstile',
      `二号楼大厅闸机 ${i}`,
      `Administration turnstile ${i}`,
      'b2-lobby',
      inside('b2', 0.48 + 0.04 * i, 0.85),
      { commands: ['open', 'close', 'emergency_open'], cameraIds: ['b2-03'] },
    );
  const barriers = [['e-in', '东门入口道闸', 'East gate entry barrier', 'east-gate', 1156, 326], ['e-out', '东门出口道闸', 'East gate exit barrier', 'east-gate', 1156, 335], ['w', '西门道闸', 'West gate barrier', 'west-gate', 205, 330], ['s', '南门货运道闸', 'South gate freight barrier', 'south-gate', 690, 624]]; // prettier-ignore
  for (const [id, zh, en, place, x, y] of barriers)
    add(`br-${id}`, 'barrier', zh, en, place, at(x, y), {
      commands: ['open', 'close', 'hold_open'],
      cameraIds: place === 'east-gate' ? ['e-01'] : place === 'west-gate' ? ['w-05'] : [],
    });
  const doors = [['b1-main', '1 号楼大门', 'Building 1 main door', 'b1-f1', 'b1', 0.5, 0.98], ['b1-roof', '1 号楼屋面门', 'Building 1 roof door', 'b1-f4', 'b1', 0.1, 0.1], ['b2-main', '2 号楼大门', 'Building 2 main door', 'b2-lobby', 'b2', 0.5, 0.98], ['b2-archive', '机要室前门', 'Classified room front door', 'b2-archive', 'b2', 0.3, 0.6], ['b2-fire', '消防控制室门', 'Fire control room door', 'b2-fire-room', 'b2', 0.1, 0.7], ['b3-main', '3 号楼大门', 'Building 3 main door', 'b3-f1', 'b3', 0.5, 0.98], ['b4-main', '4 号楼大门', 'Building 4 main door', 'b4-f1', 'b4', 0.4, 0.98], ['b4-hall', '数据机房门', 'Data hall door', 'b4-data-hall', 'b4', 0.4, 0.5], ['b4-ups', 'UPS 间门', 'UPS room door', 'b4-ups-room', 'b4', 0.7, 0.5], ['b5-main', '5 号厂房人行门', 'Workshop personnel door', 'b5-f1', 'b5', 0.02, 0.4], ['b5-dock', '5 号厂房装卸门', 'Workshop dock door', 'b5-f1', 'b5', 0.02, 0.7], ['k1-main', '仓库大门', 'Warehouse gate', 'k1', 'k1', 0.5, 0.02], ['s1-main', '变电所门', 'Substation door', 's1', 's1', 0.05, 0.5], ['h1-main', '危化品库门', 'Hazardous store door', 'h1', 'h1', 0.02, 0.4], ['c1-main', '食堂大门', 'Canteen door', 'c1-f1', 'c1', 0.98, 0.5]]; // prettier-ignore
  for (const [id, zh, en, place, b, u, v] of doors)
    add(`dr-${id}`, 'door', zh, en, place, inside(b, u, v), {
      commands: ['open', 'lock', 'unlock'],
      ...camerasOf(place.replace('-lobby', '-f1').replace('-archive', '-f2').replace('-data-hall', '-f2')),
    });
  for (const [zh, en, place, x, y] of [['东门对讲', 'East gate intercom', 'east-gate', 1158, 322], ['西门对讲', 'West gate intercom', 'west-gate', 203, 326], ['南门对讲', 'South gate intercom', 'south-gate', 686, 626], ['二号楼求助点', 'Administration help point', 'b2-lobby', 560, 288]]) add(`ic-${next('ic')}`, 'intercom', zh, en, place, at(x, y), { commands: ['answer', 'hang_up'], cameraIds: place === 'east-gate' ? ['e-02'] : place === 'b2-lobby' ? ['b2-03'] : [] }); // prettier-ignore
  for (const [zh, en, place, pos, cameraIds] of [['东门值班室紧急按钮', 'East gate panic button', 'e1', inside('e1', 0.5, 0.5), ['e-01', 'e-02']], ['二号楼前台紧急按钮', 'Reception panic button', 'b2-lobby', inside('b2', 0.6, 0.8), ['b2-03']], ['机要室紧急按钮', 'Classified room panic button', 'b2-archive', inside('b2', 0.3, 0.5), ['b2-07']], ['食堂紧急按钮', 'Canteen panic button', 'c1-f1', inside('c1', 0.5, 0.5), ['c-01']], ['危化品库紧急按钮', 'Hazardous store panic button', 'h1', inside('h1', 0.1, 0.2), ['h-01']]]) add(`pb-${next('pb')}`, 'panic_button', zh, en, place, pos, { cameraIds }); // prettier-ignore
}

function building(add, next) {
  for (const [b, floor, count] of [['b1', 'b1-f1', 1], ['b2', 'b2-f1', 2], ['b3', 'b3-f1', 1], ['b4', 'b4-f1', 1], ['b5', 'b5-f1', 1]]) for (let i = 1; i <= count; i += 1) add(`el-${b}-${i}`, 'elevator', `${{ b1: '1 号楼', b2: '2 号楼', b3: '3 号楼', b4: '4 号楼', b5: '5 号厂房' }[b]}${i} 号电梯`, `${b.toUpperCase()} lift ${i}`, floor, inside(b, 0.4 + 0.08 * i, 0.5), { commands: ['recall'] }); // prettier-ignore
  for (const [zh, en, place, pos] of [['1 号消防泵', 'Fire pump 1', 'b2-pump-room', inside('b2', 0.2, 0.4)], ['2 号消防泵', 'Fire pump 2', 'b2-pump-room', inside('b2', 0.25, 0.4)], ['喷淋泵', 'Sprinkler pump', 'b2-pump-room', inside('b2', 0.3, 0.4)], ['1 号生活泵', 'Domestic pump 1', 'b2-pump-room', inside('b2', 0.2, 0.55)], ['2 号生活泵', 'Domestic pump 2', 'b2-pump-room', inside('b2', 0.25, 0.55)], ['排污泵', 'Sewage pump', 'park', at(660, 600)]]) add(`pm-${next('pm')}`, 'pump', zh, en, place, pos, en.startsWith('Fire') || en.startsWith('Sprinkler') ? {} : { commands: ['start', 'stop'] }); // prettier-ignore
  for (const [b, place, zh, en] of [['b1', 'b1-f4', '1 号楼空调机组', 'Building 1 air handler'], ['b2', 'b2-f6', '2 号楼 1# 空调机组', 'Building 2 air handler 1'], ['b2', 'b2-b1', '2 号楼 2# 空调机组', 'Building 2 air handler 2'], ['b3', 'b3-f4', '3 号楼空调机组', 'Building 3 air handler'], ['b4', 'b4-data-hall', '机房精密空调 1', 'Precision cooling 1'], ['b4', 'b4-data-hall', '机房精密空调 2', 'Precision cooling 2'], ['b5', 'b5-f2', '厂房排风机组', 'Workshop exhaust'], ['c1', 'c1-f2', '食堂新风机组', 'Canteen fresh air']]) add(`ac-${next('ac')}`, 'hvac', zh, en, place, inside(b, 0.3 + 0.05 * (b.charCodeAt(1) % 5), 0.2), { commands: ['start', 'stop', 'set'] }); // prettier-ignore
  for (const [zh, en, place, x, y] of [['主干道路灯', 'Main road lights', 'park', 690, 330], ['南北路灯', 'North-south road lights', 'park', 690, 480], ['北围界照明', 'North fence lights', 'north-green', 680, 64], ['南围界照明', 'South fence lights', 'park', 680, 616], ['中心绿地景观灯', 'Central green lights', 'central-green', 555, 525], ['停车场照明', 'Car park lights', 'parking-west', 550, 415], ['东门照明', 'East gate lights', 'east-gate', 1150, 320], ['罐区防爆灯', 'Tank area lights', 'tank-area', 958, 590]]) add(`lt-${next('lt')}`, 'light', zh, en, place, at(x, y), { commands: ['on', 'off'] }); // prettier-ignore
  add('pk-01', 'parking', '西停车场车位计数', 'West car park counter', 'parking-west', at(640, 415), {
    cameraIds: ['p-01'],
  });
  add('pk-02', 'parking', '访客停车场车位计数', 'Visitor car park counter', 'parking-east', at(1046, 312), {
    cameraIds: ['e-01'],
  });
  for (let i = 1; i <= 3; i += 1)
    add(`cg-0${i}`, 'other', `${i} 号充电桩`, `Charging point ${i}`, 'parking-west', at(464 + i * 16, 380), {
      points: 'charger',
      commands: ['stop'],
      cameraIds: ['p-01'],
    });
}

function energy(add, next) {
  add('tf-01', 'transformer', '1# 主变压器', 'Main transformer 1', 'transformer-yard', at(1005, 430), {
    cameraIds: ['s-01'],
  });
  add('tf-02', 'transformer', '2# 主变压器', 'Main transformer 2', 'transformer-yard', at(1035, 430), {
    cameraIds: ['s-01'],
  });
  for (const [b, place, zh, en] of [['s1', 's1', '10 kV 进线', '10 kV incomer'], ['b1', 'b1-f1', '1 号楼总电表', 'Building 1 main meter'], ['b2', 'b2-b1', '2 号楼总电表', 'Building 2 main meter'], ['b3', 'b3-f1', '3 号楼总电表', 'Building 3 main meter'], ['b4', 'b4-b1', '4 号楼总电表', 'Building 4 main meter'], ['b5', 'b5-f1', '5 号厂房总电表', 'Workshop main meter'], ['c1', 'c1-f1', '食堂总电表', 'Canteen main meter'], ['k1', 'k1', '仓库总电表', 'Warehouse main meter'], ['h1', 'h1', '危化品库总电表', 'Hazardous store main meter']]) add(`em-${next('em')}`, 'energy_meter', zh, en, place, inside(b, 0.05, 0.05)); // prettier-ignore
  for (const [b, place, zh, en] of [['b2', 'b2-b1', '园区总水表', 'Park main water meter'], ['b1', 'b1-f1', '1 号楼水表', 'Building 1 water meter'], ['b3', 'b3-f1', '3 号楼水表', 'Building 3 water meter'], ['b5', 'b5-f1', '5 号厂房水表', 'Workshop water meter'], ['c1', 'c1-f1', '食堂水表', 'Canteen water meter']]) add(`wm-${next('wm')}`, 'water_meter', zh, en, place, inside(b, 0.06, 0.92)); // prettier-ignore
  for (const [b, place, zh, en] of [['b4', 'b4-ups-room', '1# UPS', 'UPS 1'], ['b4', 'b4-ups-room', '2# UPS', 'UPS 2'], ['e1', 'e1', '值班室 UPS', 'Guard room UPS']]) add(`ups-${next('ups')}`, 'ups', zh, en, place, inside(b, 0.65 + 0.05 * b.length, 0.6)); // prettier-ignore
  add('gn-01', 'generator', '柴油发电机', 'Diesel generator', 's1', inside('s1', 0.8, 0.4), {
    commands: ['start', 'stop'],
  });
  add('pv-01', 'pv', '屋顶光伏 1 区', 'Roof photovoltaics 1', 'b5-roof', inside('b5', 0.3, 0.4), {
    cameraIds: ['r-01'],
  });
  add('pv-02', 'pv', '屋顶光伏 2 区', 'Roof photovoltaics 2', 'b5-roof', inside('b5', 0.7, 0.6), {
    cameraIds: ['r-01'],
  });
}

function environment(add, next) {
  for (const [zh, en, place, x, y] of [['中心绿地环境站', 'Central green station', 'central-green', 600, 480], ['北围界环境站', 'North fence station', 'north-green', 680, 80], ['罐区环境站', 'Tank area station', 'tank-area', 940, 516], ['东门环境站', 'East gate station', 'east-gate', 1140, 312]]) add(`ev-${next('ev')}`, 'environment', zh, en, place, at(x, y)); // prettier-ignore
  add(
    'wl-01',
    'water_level',
    '消防水池液位',
    'Fire water tank level',
    'b2-pump-room',
    inside('b2', 0.15, 0.5),
  );
  add('wl-02', 'water_level', '中心绿地水池液位', 'Pond level', 'central-green', at(548, 520));
  add('wl-03', 'water_level', '事故应急池液位', 'Spill basin level', 'tank-area', at(946, 600));
  add('sw-01', 'other', '污水排放口', 'Sewage outlet', 'park', at(700, 614), { points: 'sewage' });
  for (let i = 1; i <= 4; i += 1)
    add(
      `rm-${next('rm')}`,
      'server_room',
      i === 4 ? 'UPS 间温湿度' : `数据机房温湿度 ${i}`,
      i === 4 ? 'UPS room climate' : `Data hall climate ${i}`,
      i === 4 ? 'b4-ups-room' : 'b4-data-hall',
      inside('b4', 0.2 * i, 0.45),
      { cameraIds: ['b4-02'] },
    );
}

function people(add, next) {
  for (const [zone, zh, en, x, y] of SPEAKERS)
    add(`spk-${zone}`, 'speaker', `${zh}音柱`, `${en} speaker`, 'park', at(x, y), {
      commands: ['set_volume'],
    });
  add('pt-01', 'patrol_terminal', '巡更终端 1', 'Patrol terminal 1', 'park', at(690, 340));
  add('pt-02', 'patrol_terminal', '巡更终端 2', 'Patrol terminal 2', 'park', at(300, 640));
  for (const [id, zh, en] of [['gw-fire', '消防网关', 'Fire gateway'], ['gw-security', '安防网关', 'Security gateway'], ['gw-building', '楼宇能耗网关', 'Building and energy gateway'], ['gw-environment', '环境网关', 'Environment gateway']]) add(id, 'gateway', zh, en, 'e1', inside('e1', 0.1 + 0.2 * Number(next('gw')), 0.3), { heartbeatSeconds: 120 }); // prettier-ignore
}

/** One network speaker for each broadcast zone. */
export const SPEAKERS = [
  ['north', '北围界', 'North fence', 680, 60],
  ['east-gate', '东门', 'East gate', 1146, 324],
  ['b1', '1 号楼', 'Building 1', 335, 240],
  ['b2', '2 号楼', 'Building 2', 585, 235],
  ['b3', '3 号楼', 'Building 3', 830, 240],
  ['b4', '4 号楼', 'Building 4', 1040, 238],
  ['b5', '5 号厂房', 'Workshop', 845, 485],
  ['canteen', '食堂', 'Canteen', 335, 425],
  ['hazard', '危化品库', 'Hazardous store', 960, 510],
  ['outdoor', '室外道路与绿地', 'Roads and green', 690, 430],
];
