import type { Coded, ImportedRow } from '#contract/cameras.contract.ts';
import { camera as cameraSchema, type Camera, type Site } from '#contract/site.ts';
import { streamKey } from '#domain/stream-address.ts';
import { shownAddress } from '#domain/stream-login.ts';
import { fillTemplate, type VendorTemplate } from '../templates.ts';
import { readHeads, readSound, type Column } from './columns.ts';
import { decodeText, readCsv, TableError } from './csv-read.ts';
import { readXlsx } from './xlsx-read.ts';

const MAX_CAMERAS = 5_000;

export interface ReadList {
  problems: Coded[];
  unknownColumns: string[];
  rows: ImportedRow[];
  /** Cameras of rows without a problem, with their passwords. */
  cameras: { camera: Camera; password: string | undefined }[];
}

interface StationKnows {
  /** Whether a login that is sealed in an address is of that host and of this station. */
  canOpen(url: string): boolean;
  /** Hosts that a camera would be led to and its stored password is not for. */
  ledElsewhere(camera: Camera): string[];
}

/**
 * A list of cameras as CSV or .xlsx, checked against the site it goes into; every problem with row and column.
 * @param station what only the station knows
 */
export function readCameraList(
  bytes: Buffer,
  site: Site,
  templates: readonly VendorTemplate[],
  station: StationKnows = { canOpen: () => true, ledElsewhere: () => [] },
): ReadList {
  const nothing = (code: string): ReadList => ({
    problems: [{ code, params: {} }],
    unknownColumns: [],
    rows: [],
    cameras: [],
  });
  let table: string[][];
  try {
    // by content, not by name: people rename files
    table = bytes.subarray(0, 2).toString('latin1') === 'PK' ? readXlsx(bytes) : readCsv(decodeText(bytes));
  } catch (error) {
    if (error instanceof TableError) return nothing(error.code);
    throw error;
  }
  const headAt = table.findIndex((row) => row.some((cell) => cell.trim() !== ''));
  if (headAt < 0) return nothing('empty');
  const { columns, unknown } = readHeads(table[headAt]!);
  const needed: Column[] = ['nameZh', 'place'];
  const missing = needed.filter((one) => !columns.has(one));
  if (!columns.has('mainUrl') && !columns.has('host')) missing.push('host');
  if (missing.length > 0)
    return { ...nothing('columns_missing'), problems: missing.map((column) => ({ code: 'column_missing', params: { column } })), unknownColumns: unknown }; // prettier-ignore
  const filled = table
    .map((cells, at) => ({ cells, row: at + 1 }))
    .slice(headAt + 1)
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  if (filled.length === 0) return nothing('empty');
  if (filled.length > MAX_CAMERAS) return nothing('too_large');

  const reader = rowReader(site, templates, table[headAt]!, columns, station);
  const read = filled.map(({ cells, row }) => reader(cells, row));
  return {
    problems: [],
    unknownColumns: unknown,
    rows: read.map((one) => one.shown),
    cameras: read.flatMap(({ camera, password }) => (camera ? [{ camera, password }] : [])),
  };
}

function rowReader(
  site: Site,
  templates: readonly VendorTemplate[],
  heads: readonly string[],
  columns: ReadonlyMap<Column, number>,
  station: StationKnows,
) {
  const known = new Set(site.cameras.map(({ id }) => id));
  const taken = new Map<string, number>();
  const streams = new Map(site.cameras.map((one) => [streamKey(one.mainUrl), { id: one.id, row: 0 }]));
  const placeByWord = new Map(
    site.places.flatMap((one) =>
      [one.name.en, one.name.zh, one.id].map((word) => [word.trim().toLowerCase(), one.id]),
    ),
  );

  return (cells: readonly string[], row: number) => {
    const problems: ImportedRow['problems'] = [];
    const cell = (column: Column) => (cells[columns.get(column) ?? -1] ?? '').trim();
    const bad = (column: Column, code: string, params: Coded['params'] = {}) =>
      problems.push({ column: heads[columns.get(column) ?? -1]?.trim() || column, code, params });
    const number = (column: Column) => {
      const raw = cell(column);
      if (raw === '') return undefined;
      const value = Number(raw.replace(/[°m米度]$/i, ''));
      if (!Number.isFinite(value)) bad(column, 'not_a_number', { value: raw.slice(0, 40) });
      return Number.isFinite(value) ? value : undefined;
    };

    const word = cell('place').toLowerCase();
    const placeId = placeByWord.get(word);
    if (word === '') bad('place', 'missing');
    else if (placeId === undefined) bad('place', 'unknown_place', { value: cell('place').slice(0, 60) });
    const channel = number('channel');
    if (channel !== undefined && !(Number.isInteger(channel) && channel >= 1))
      bad('channel', 'not_a_channel', { value: cell('channel').slice(0, 40) });
    const urls = addresses(cell, { port: number('port'), channel }, bad, templates);
    for (const [column, url] of [
      ['mainUrl', urls.main],
      ['subUrl', urls.sub],
    ] as const)
      // prettier-ignore
      if (url !== undefined && !station.canOpen(url)) bad(column, 'login_elsewhere');
    const [lng, lat] = [number('longitude'), number('latitude')];
    if ((lng === undefined) !== (lat === undefined))
      bad(lng === undefined ? 'longitude' : 'latitude', 'missing');
    const ptz = flag(cell('ptz'));
    if (ptz === undefined) bad('ptz', 'not_yes_or_no', { value: cell('ptz').slice(0, 40) });
    const onvifPort = number('onvifPort');
    const sound = readSound(cell('sound'));
    if (sound === undefined && cell('sound') !== '')
      bad('sound', 'not_a_sound', { value: cell('sound').slice(0, 40) });
    const id = cell('id') || freshId(cell('host') || urls.main || '', channel ?? 1, known, taken);
    if (taken.has(id)) bad('id', 'twice', { id, row: taken.get(id)! });
    taken.set(id, row);

    if (urls.main !== undefined) {
      const key = streamKey(urls.main);
      const other = streams.get(key);
      const column: Column = columns.has('mainUrl') && cell('mainUrl') !== '' ? 'mainUrl' : 'host';
      if (other && other.row > 0) bad(column, 'same_stream_row', { row: other.row });
      else if (other && other.id !== id) bad(column, 'same_stream', { id: other.id });
      streams.set(key, { id, row });
    }

    const before = site.cameras.find((one) => one.id === id);
    const optional = (key: string, value: unknown) =>
      value === undefined || value === '' ? {} : { [key]: value };
    const raw = {
      // a camera that is there keeps what the file does not speak of
      ...before,
      id,
      name: { zh: cell('nameZh'), en: cell('nameEn') || (before?.name.en ?? '') },
      ...optional('placeId', placeId),
      ...optional('mainUrl', urls.main),
      ...optional('subUrl', urls.sub),
      ...optional('transport', cell('transport').toLowerCase()),
      ...optional('username', cell('username')),
      ...(lng === undefined || lat === undefined ? {} : { position: [lng, lat] }),
      ...optional('directionDegrees', number('direction')),
      ...optional('viewAngleDegrees', number('angle')),
      ...optional('reachMetres', number('reach')),
      ...(ptz ? { ptz } : {}),
      ...optional('sound', sound),
      ...(onvifPort === undefined
        ? {}
        : { onvif: { ...before?.onvif, address: hostOf(urls.main), port: onvifPort } }),
    };
    const checked = cameraSchema.safeParse(raw);
    if (!checked.success)
      for (const issue of checked.error.issues) {
        const column = columnOfPath(issue.path);
        // why there is no address was named when it was looked for
        if (column === 'mainUrl' && urls.main === undefined) continue;
        // what is missing here was named above, more precisely
        if (!problems.some((one) => one.column === (heads[columns.get(column) ?? -1]?.trim() || column)))
          bad(column, codeOf(column, cell(column)), { value: shownAddress(cell(column)).slice(0, 60) });
      }
    // an empty cell keeps the stored password, which is not for another device
    const hosts = checked.success && cell('password') === '' ? station.ledElsewhere(checked.data) : [];
    if (hosts.length > 0) bad('password', 'password_elsewhere', { host: hosts.join(', ') });
    const shown: ImportedRow = {
      row,
      id,
      name: cell('nameZh'),
      address: shownAddress(urls.main ?? cell('host')),
      hasPassword: cell('password') !== '',
      replaces: before !== undefined,
      problems,
    };
    return {
      shown,
      camera: problems.length === 0 && checked.success ? checked.data : undefined,
      password: cell('password') || undefined,
    };
  };
}

/** What is wrong, in a code: what a schema says is English. */
const codeOf = (column: Column, value: string) =>
  value === '' ? 'missing' : column === 'mainUrl' || column === 'subUrl' ? 'not_a_stream' : 'invalid';

type Bad = (column: Column, code: string, params?: Coded['params']) => unknown;

/** Stream addresses as given, else filled into the vendor's template. */
function addresses(
  cell: (column: Column) => string,
  of: { port: number | undefined; channel: number | undefined },
  bad: Bad,
  templates: readonly VendorTemplate[],
): { main: string | undefined; sub: string | undefined } {
  const given = { main: cell('mainUrl') || undefined, sub: cell('subUrl') || undefined };
  for (const [column, url] of [
    ['mainUrl', given.main],
    ['subUrl', given.sub],
  ] as const)
    // prettier-ignore
    if (url && /^rtsps?:\/\/[^/?#]*@/i.test(url)) bad(column, 'login_in_address');
  if (given.main !== undefined) return given;
  const host = cell('host');
  if (host === '') {
    bad('host', 'missing');
    return given;
  }
  if (!/^[A-Za-z0-9.:_-]+$/.test(host)) bad('host', 'not_a_host', { value: host.slice(0, 60) });
  const wanted = cell('vendor').toLowerCase();
  const template = templates.find(({ id, name }) =>
    wanted === ''
      ? id === 'generic'
      : [id, ...`${name.zh} ${name.en}`.toLowerCase().split(/\s+/)].includes(wanted),
  );
  if (!template || wanted === '') {
    bad('vendor', wanted === '' ? 'missing' : 'unknown_vendor', { value: wanted.slice(0, 40) });
    return given;
  }
  const filled = { host, port: of.port ?? template.port, channel: of.channel ?? 1 };
  return {
    main: fillTemplate(template.main, filled),
    sub: given.sub ?? (template.sub === null ? undefined : fillTemplate(template.sub, filled)),
  };
}

const YES = /^(1|y|yes|true|是|有|√|✓)$/i;
const NO = /^(|0|n|no|false|否|无|×|-)$/i;
const flag = (raw: string) => (YES.test(raw) ? true : NO.test(raw) ? false : undefined);

const hostOf = (url: string | undefined) =>
  /^rtsps?:\/\/(?:\[([^\]]+)\]|([^/:?#]+))/i
    .exec(url ?? '')
    ?.slice(1)
    .find((one) => one !== undefined) ?? '';

/** `cam-192-168-1-64`, numbered where that is taken. */
function freshId(
  of: string,
  channel: number,
  known: ReadonlySet<string>,
  taken: ReadonlyMap<string, number>,
): string {
  const host = (of.includes('://') ? hostOf(of) : of).replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '').toLowerCase(); // prettier-ignore
  const base = `cam-${host}${channel > 1 ? `-${channel}` : ''}`.slice(0, 56);
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!known.has(id) && !taken.has(id)) return id;
  }
}

const PATHS: Readonly<Record<string, Column>> = {
  id: 'id',
  name: 'nameZh',
  placeId: 'place',
  mainUrl: 'mainUrl',
  subUrl: 'subUrl',
  transport: 'transport',
  username: 'username',
  directionDegrees: 'direction',
  viewAngleDegrees: 'angle',
  reachMetres: 'reach',
  onvif: 'onvifPort',
};
function columnOfPath(path: readonly PropertyKey[]): Column {
  if (path[0] === 'position') return path[1] === 1 ? 'latitude' : 'longitude';
  return PATHS[String(path[0])] ?? 'nameZh';
}
