import { SOUND_CHOICES, type SoundChoice } from '#contract/site.ts';

/** Columns of a list of cameras, and the heads by which people write them. */
export const COLUMNS = {
  id: ['编号', 'id', 'camera id'],
  nameZh: ['名称', '中文名称', '摄像机名称', 'name', 'name zh'],
  nameEn: ['英文名称', 'english name', 'name en'],
  place: ['位置', '位置编号', '区域', 'place', 'place id', 'location'],
  vendor: ['厂商', '品牌', 'vendor', 'brand', 'template'],
  host: ['ip', 'ip地址', '地址', 'ip address', 'host', 'address'],
  port: ['端口', 'rtsp端口', 'port', 'rtsp port'],
  channel: ['通道', '通道号', 'channel'],
  mainUrl: ['主码流', '主码流地址', 'main', 'main url', 'url', 'rtsp'],
  subUrl: ['子码流', '子码流地址', 'sub', 'sub url'],
  transport: ['传输', '传输协议', 'transport'],
  username: ['用户名', '账号', 'username', 'user', 'login'],
  password: ['密码', 'password'],
  longitude: ['经度', 'longitude', 'lng', 'lon'],
  latitude: ['纬度', 'latitude', 'lat'],
  direction: ['朝向', '方位角', 'direction', 'bearing'],
  angle: ['视角', 'angle', 'view angle'],
  reach: ['可视距离', 'reach'],
  ptz: ['云台', 'ptz'],
  onvifPort: ['onvif端口', 'onvif port', 'onvif'],
  sound: ['声音', '音频', '录音', 'sound', 'audio'],
} as const;
export type Column = keyof typeof COLUMNS;

/** What is to be done with a camera's sound, as people write it. */
const SOUNDS: Readonly<Record<SoundChoice, readonly string[]>> = {
  off: ['off', 'no', 'none', 'no sound', '否', '无', '关', '不要', '不要声音'],
  live: ['live', 'listen', 'heard', '听', '只听', '只听不录'],
  record: ['record', 'recorded', '录', '录音', '听并录', '听，并录'],
};

/** undefined: no word for it. */
export function readSound(word: string): SoundChoice | undefined {
  const said = word.trim().toLowerCase();
  return SOUND_CHOICES.find((choice) => SOUNDS[choice].includes(said));
}

/** Without units in brackets, blanks, case and the joints that people put between words. */
const plain = (head: string) =>
  head
    .replace(/[(（[].*?[)）\]]/g, '')
    .replace(/[\s_.-]+/g, '')
    .toLowerCase();
const BY_HEAD = new Map(
  (Object.keys(COLUMNS) as Column[]).flatMap((column) =>
    [column, ...COLUMNS[column]].map((head) => [plain(head), column] as const),
  ),
);

/** Which column of the file is what; heads that nobody knows are named, so that a slip in one is seen. */
export function readHeads(heads: readonly string[]) {
  const columns = new Map<Column, number>();
  const unknown: string[] = [];
  heads.forEach((head, at) => {
    const column = BY_HEAD.get(plain(head));
    if (column && !columns.has(column)) columns.set(column, at);
    else if (head.trim() !== '') unknown.push(head.trim().slice(0, 60));
  });
  return { columns, unknown };
}
