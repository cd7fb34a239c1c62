import { at } from './geometry.mjs';
import { SPEAKERS } from './devices.mjs';

const name = (zh, en) => ({ zh, en });

/** First RTP port of the demo's loudspeakers; each zone has the next even one. */
const FIRST_SPEAKER_PORT = 19_600;

export function makeBroadcastZones() {
  const places = {
    north: 'north-green',
    'east-gate': 'east-gate',
    canteen: 'c1',
    hazard: 'h1',
    outdoor: 'park',
  };
  const zones = SPEAKERS.map(([id, zh, en], i) => ({
    id: `bz-${id}`,
    name: name(zh, en),
    placeId: places[id] ?? id,
    output: {
      kind: 'rtp',
      host: '127.0.0.1',
      port: FIRST_SPEAKER_PORT + 2 * i,
      codec: i % 4 === 3 ? 'opus' : 'pcma',
    },
  }));
  return [
    ...zones,
    {
      id: 'bz-guard-room',
      name: name('值班室本机', 'This workstation'),
      placeId: 'e1',
      output: { kind: 'local' },
    },
  ];
}

export function makeContacts() {
  const contact = (id, zh, en, roleZh, roleEn, phone, group) => ({
    id,
    name: name(zh, en),
    role: name(roleZh, roleEn),
    phone,
    group,
  });
  return [
    contact('fire-119', '火警 119', 'Fire brigade 119', '消防救援', 'Fire and rescue', '119', 'emergency'),
    contact('police-110', '报警 110', 'Police 110', '公安', 'Police', '110', 'emergency'),
    contact('medical-120', '急救 120', 'Ambulance 120', '医疗急救', 'Medical emergency', '120', 'emergency'),
    contact(
      'commander',
      '韦总指挥',
      'Commander Wei',
      '应急总指挥',
      'Emergency commander',
      '0771-000-0101',
      'command',
    ),
    contact('deputy', '覃副指挥', 'Deputy Qin', '现场指挥', 'On-scene commander', '0771-000-0102', 'command'),
    contact(
      'director',
      '黄主任',
      'Director Huang',
      '园区管委会主任',
      'Park director',
      '0771-000-0103',
      'command',
    ),
    contact(
      'duty-leader',
      '陆班长',
      'Shift leader Lu',
      '安保带班',
      'Security shift leader',
      '0771-000-0201',
      'security',
    ),
    contact(
      'patrol-wang',
      '巡更员 王',
      'Patrol guard Wang',
      '夜间巡更',
      'Night patrol',
      '0771-000-0202',
      'security',
    ),
    contact('gate-east', '东门岗', 'East gate post', '门岗', 'Gate post', '0771-000-0203', 'security'),
    contact(
      'fire-station',
      '微型消防站',
      'Fire post',
      '初起火灾扑救',
      'First response',
      '0771-000-0204',
      'security',
    ),
    contact(
      'electric',
      '蒙电工',
      'Electrician Meng',
      '变配电值班',
      'Power duty',
      '0771-000-0301',
      'maintenance',
    ),
    contact(
      'it-duty',
      '机房值班',
      'Data centre duty',
      '网络与机房',
      'Network and data centre',
      '0771-000-0302',
      'maintenance',
    ),
    contact(
      'safety',
      '梁安全员',
      'Safety officer Liang',
      '危化品安全',
      'Hazardous goods safety',
      '0771-000-0303',
      'maintenance',
    ),
    contact('lift', '电梯维保', 'Lift service', '电梯困人救援', 'Lift rescue', '0771-000-0304', 'outside'),
    contact(
      'tenant-b3',
      '3 号楼联络员',
      'Building 3 warden',
      '疏散引导',
      'Evacuation warden',
      '0771-000-0401',
      'tenant',
    ),
    contact(
      'tenant-b5',
      '5 号厂房班长',
      'Workshop foreman',
      '疏散引导',
      'Evacuation warden',
      '0771-000-0402',
      'tenant',
    ),
    contact(
      'emergency-office',
      '属地应急局值班',
      'Local emergency bureau',
      '信息报送',
      'Reporting',
      '0771-000-0901',
      'outside',
    ),
  ];
}

const CHECKPOINTS = [
  ['c-01', '东门岗', 'East gate post', 'east-gate', 1140, 330],
  ['c-02', '4 号楼东侧', 'Building 4 east', 'b4', 1140, 240],
  ['c-03', '北围界东', 'North fence east', 'north-green', 1000, 66],
  ['c-04', '北围界中', 'North fence middle', 'north-green', 680, 66],
  ['c-05', '北围界西', 'North fence west', 'north-green', 340, 66],
  ['c-06', '1 号楼西侧', 'Building 1 west', 'b1', 230, 240],
  ['c-07', '西门', 'West gate', 'west-gate', 215, 330],
  ['c-08', '食堂后门', 'Canteen back door', 'c1', 236, 470],
  ['c-09', '仓库南侧', 'Warehouse south', 'k1', 330, 606],
  ['c-10', '中心绿地', 'Central green', 'central-green', 555, 462],
  ['c-11', '南门', 'South gate', 'south-gate', 690, 612],
  ['c-12', '5 号厂房西侧', 'Workshop west', 'b5', 752, 480],
  ['c-13', '罐区', 'Tank area', 'tank-area', 938, 556],
  ['c-14', '危化品库东侧', 'Hazardous store east', 'h1', 1136, 556],
  ['c-15', '变电所', 'Substation', 's1', 972, 430],
  ['c-16', '2 号楼大厅', 'Administration lobby', 'b2-lobby', 585, 300],
];

export const makeCheckpoints = () =>
  CHECKPOINTS.map(([id, zh, en, placeId, x, y]) => ({ id, name: name(zh, en), placeId, position: at(x, y) }));

export const makeRoutes = () => [
  { id: 'night-1', name: name('夜间一线 围界', 'Night route 1, perimeter'), checkpointIds: ['c-01', 'c-02', 'c-03', 'c-04', 'c-05', 'c-06', 'c-07', 'c-08', 'c-09', 'c-11'], legMinutes: 8 },
  { id: 'night-2', name: name('夜间二线 重点部位', 'Night route 2, key places'), checkpointIds: ['c-01', 'c-16', 'c-10', 'c-12', 'c-15', 'c-14', 'c-13', 'c-11'], legMinutes: 6 },
]; // prettier-ignore

export const makeAccounts = () =>
  [
    ['guard', '李值班员', 'Guard Li', 'guard'],
    ['leader', '陆班长', 'Shift leader Lu', 'shift_leader'],
    ['commander', '韦总指挥', 'Commander Wei', 'commander'],
    ['patrol', '王巡更员', 'Patrol guard Wang', 'patrol_guard'],
    ['viewer', '参观账号', 'Visitor', 'viewer'],
    ['system', '系统管理员', 'System administrator', 'system_admin'],
    ['security', '安全管理员', 'Security administrator', 'security_admin'],
    ['audit', '审计管理员', 'Audit administrator', 'audit_admin'],
  ].map(([username, zh, en, role]) => ({ username, name: name(zh, en), role, password: `demo-${username}` }));
