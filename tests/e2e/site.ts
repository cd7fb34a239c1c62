import type { SiteFile } from '#contract/site.ts';

/** Where the test's peers are. */
export interface SitePeers {
  /** Addresses of the camera that anybody may watch and of the one with a password; without, the park has none. */
  cameras?: { openUrl: string; lockedUrl: string; login: { user: string; password: string } };
  /** Port of the RTP receiver on 127.0.0.1. */
  rtpPort: number;
}

/** A site as people write it: what has a default may be left out. */
type WrittenSite = { [Part in keyof SiteFile]?: unknown };

const name = (zh: string, en: string) => ({ zh, en });
const account = (username: string, zh: string, en: string, role: string) => ({
  username,
  name: name(zh, en),
  role,
  password: `demo-${username}`,
});

/** A small park of the end-to-end tests: a fence with its controller, two cameras, a loudspeaker, an account of each role. */
export function siteOf(peers: SitePeers, kind: 'demo' | 'real' = 'demo'): WrittenSite {
  const { cameras, rtpPort } = peers;
  return {
    site: {
      id: 'e2e',
      name: name('验收园区', 'Proof park'),
      guardRoom: name('南门值班室', 'South gate guard room'),
      kind,
      center: [108.37, 22.82],
    },
    places: [
      {
        id: 'park',
        kind: 'park',
        name: name('园区', 'Park'),
        outline: [
          [108.365, 22.815],
          [108.375, 22.815],
          [108.375, 22.825],
          [108.365, 22.825],
        ],
      },
      {
        id: 'b1',
        kind: 'building',
        name: name('1号楼', 'Building 1'),
        parentId: 'park',
        heightMetres: 12,
        outline: [
          [108.369, 22.819],
          [108.371, 22.819],
          [108.371, 22.821],
          [108.369, 22.821],
        ],
      },
      { id: 'b1-f2', kind: 'floor', name: name('2层', 'Floor 2'), parentId: 'b1', level: 2 },
    ],
    devices: [
      {
        id: 'fence-1',
        kind: 'fence_vibration',
        name: name('北围界 01', 'North fence 01'),
        placeId: 'park',
        position: [108.37, 22.825],
        cameraIds: cameras ? ['cam-open', 'cam-locked'] : [],
      },
      {
        id: 'smoke-1',
        kind: 'smoke',
        name: name('1号楼烟感 01', 'Smoke 1-2-01'),
        placeId: 'b1-f2',
        position: [108.37, 22.82],
      },
      {
        id: 'fence-controller',
        kind: 'gateway',
        name: name('围界主机', 'Fence controller'),
        placeId: 'park',
        commands: ['arm', 'disarm'],
      },
      {
        id: 'terminal-1',
        kind: 'patrol_terminal',
        name: name('巡更棒 1', 'Patrol terminal 1'),
        placeId: 'park',
      },
      {
        id: 'meter-1',
        kind: 'energy_meter',
        name: name('电表 1', 'Meter 1'),
        placeId: 'b1',
        points: [{ key: 'power', name: name('功率', 'Power'), kind: 'number', unit: 'kW', high: 300 }],
      },
    ],
    cameras: cameras
      ? [
          {
            id: 'cam-open',
            name: name('北围界西', 'North fence west'),
            placeId: 'park',
            position: [108.369, 22.8249],
            mainUrl: cameras.openUrl,
            directionDegrees: 0,
            viewAngleDegrees: 60,
            reachMetres: 60,
          },
          {
            id: 'cam-locked',
            name: name('北围界东', 'North fence east'),
            placeId: 'park',
            position: [108.371, 22.8249],
            mainUrl: cameras.lockedUrl,
            username: cameras.login.user,
            password: cameras.login.password,
          },
        ]
      : [],
    perimeterZones: [
      {
        id: 'zone-north',
        name: name('北围界', 'North fence'),
        placeId: 'park',
        line: [
          [108.365, 22.825],
          [108.375, 22.825],
        ],
        deviceIds: ['fence-1'],
        controllerId: 'fence-controller',
        cameraIds: cameras ? ['cam-open'] : [],
      },
    ],
    broadcastZones: [
      {
        id: 'bz-north',
        name: name('北侧广播', 'North speakers'),
        placeId: 'park',
        output: { kind: 'rtp', host: '127.0.0.1', port: rtpPort, codec: 'pcma' },
      },
    ],
    contacts: [
      {
        id: 'c-110',
        name: name('报警 110', 'Police 110'),
        role: name('公安', 'Police'),
        phone: '110',
        group: 'outside',
      },
    ],
    checkpoints: [
      { id: 'cp-1', name: name('东门', 'East gate'), placeId: 'park', position: [108.375, 22.82] },
      { id: 'cp-2', name: name('北墙', 'North wall'), placeId: 'park', position: [108.37, 22.8248] },
    ],
    patrolRoutes: [
      { id: 'night', name: name('夜巡一线', 'Night round'), checkpointIds: ['cp-1', 'cp-2'], legMinutes: 10 },
    ],
    demoAccounts:
      kind === 'real'
        ? []
        : [
            account('guard', '李值班员', 'Guard Li', 'guard'),
            account('leader', '周班长', 'Leader Zhou', 'shift_leader'),
            account('commander', '陈指挥', 'Commander Chen', 'commander'),
            account('patrol', '王巡更', 'Patrol Wang', 'patrol_guard'),
            account('viewer', '来访者', 'Viewer', 'viewer'),
            account('admin', '系统管理员', 'System administrator', 'system_admin'),
            account('security', '安全管理员', 'Security administrator', 'security_admin'),
            account('audit', '审计管理员', 'Audit administrator', 'audit_admin'),
          ],
  };
}

/** The plan that the tests run: looks, speaks, commands a device, and asks a person for the rest. */
export const PLAN = {
  id: 'proof',
  name: name('验收预案', 'Proof plan'),
  summary: name('验收用：看画面、喊话、布防', 'For the proof: look, speak, arm'),
  level: 'III',
  offeredFor: [{ type: 'intrusion.fence', priority: 3 }],
  steps: [
    {
      id: 'cameras',
      title: name('调出画面', 'Show the cameras'),
      by: 'auto',
      after: [],
      action: { type: 'show_cameras', cameraIds: 'alarm' },
    },
    {
      id: 'look',
      title: name('画面里有人吗', 'Is somebody there?'),
      after: [],
      answer: { kind: 'yes_no' },
    },
    {
      id: 'warn',
      title: name('现场喊话', 'Warn over the speakers'),
      by: 'auto',
      after: ['look'],
      action: {
        type: 'announce',
        zoneIds: ['bz-north'],
        source: { kind: 'speech', text: '请立即离开围界' },
        repeat: 1,
      },
    },
    {
      id: 'arm',
      title: name('重新布防', 'Arm again'),
      after: ['warn'],
      action: {
        type: 'device_command',
        deviceId: 'fence-controller',
        command: 'arm',
        params: { zoneId: 'zone-north' },
      },
    },
    { id: 'round', title: name('现场查看', 'Look on the spot'), after: ['arm'] },
  ],
};
