import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Site } from '#contract/site.ts';
import { decodeText, readCsv } from '#features/cameras/import/csv-read.ts';
import { readHeads } from '#features/cameras/import/columns.ts';
import { readCameraList } from '#features/cameras/import/read-list.ts';
import { readXlsx } from '#features/cameras/import/xlsx-read.ts';
import { fillTemplate, loadTemplates } from '#features/cameras/templates.ts';
import { parseSiteFile } from '#features/site/site-file.ts';

const file = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const parsed = parseSiteFile(file('site-small.yaml').toString('utf8'));
if ('problems' in parsed) throw new Error('site-small.yaml');
const site = parsed.file as Site;
const templates = loadTemplates(fileURLToPath(new URL('../../resources', import.meta.url)));
const read = (text: string | Buffer) => readCameraList(Buffer.from(text), site, templates);

describe('CSV', () => {
  it('reads what it wrote, whatever is in a field', () => {
    const field = fc.stringMatching(/^[a-z",;\t\r\n 门]*$/);
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { minLength: 1 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const text = rows
          .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
          .join(end);
        expect(readCsv(text)).toEqual(rows);
      }),
    );
  });
  it('finds its separator, drops the mark, keeps blanks inside', () => {
    expect(readCsv('\uFEFFa;b\r\n1;"x;\ny"\r\n')).toEqual([['a', 'b'], ['1', 'x;\ny']]); // prettier-ignore
    expect(readCsv('a\tb\n1\t2')).toEqual([['a', 'b'], ['1', '2']]); // prettier-ignore
  });
  it('an open quote is told, not guessed', () => {
    expect(() => readCsv('a,b\n"1,2')).toThrow(expect.objectContaining({ code: 'open_quote' }));
  });
  it('as Excel writes it on a Chinese Windows (GB 18030), and UTF-16', () => {
    expect(decodeText(Buffer.from([0xc3, 0xfb, 0xb3, 0xc6]))).toBe('名称');
    expect(decodeText(Buffer.from('\uFEFF名称', 'utf16le')).replace('\uFEFF', '')).toBe('名称');
    expect(decodeText(Buffer.from('名称'))).toBe('名称');
  });
});

describe('Excel', () => {
  it('as exceljs writes it: shared strings, rich text, empty rows', () => {
    const rows = readXlsx(file('cameras/list-exceljs.xlsx'));
    expect(rows[1]!.slice(0, 4)).toEqual(['名称', '位置', '厂商', 'IP地址']);
    expect(rows[2]).toEqual(['东门 <1>', 'park', '海康威视', '192.168.1.64', '1', 'admin', 'p&w"1', '是', '108.37', '22.82', 'x']); // prettier-ignore
    expect(rows[3]!.slice(0, 3)).toEqual(['西门二号', '2层', 'dahua']);
  });
  it('as openpyxl writes it: other parts, formulas without a value', () => {
    const rows = readXlsx(file('cameras/list-openpyxl.xlsx'));
    expect(rows[1]!.slice(0, 3)).toEqual(['cam-n07', '北围界', 'North']);
    expect(rows[1]![7] ?? '').toBe('');
    expect(rows[2]![7]).toBe('45.5');
  });
  it('a file that is cut off or is something else is refused', () => {
    const whole = file('cameras/list-exceljs.xlsx');
    for (const bad of [whole.subarray(0, 900), Buffer.from('PK nothing'), Buffer.alloc(0)])
      expect(() => readXlsx(bad)).toThrow(expect.objectContaining({ code: 'not_xlsx' }));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const bad = Buffer.from(whole);
        bad[at] = byte;
        try {
          readXlsx(bad);
        } catch (error) {
          expect(['not_xlsx', 'too_large']).toContain((error as { code?: string }).code);
        }
      }),
    );
  });
});

describe('a list', () => {
  it('names row and column of every problem, and what is good of the rest', () => {
    const list = readCameraList(file('cameras/list-exceljs.xlsx'), site, templates);
    expect(list.unknownColumns).toEqual(['备注']);
    expect(
      list.rows.map(({ row, problems }) => [row, problems.map((one) => [one.column, one.code])]),
    ).toEqual([
      [3, []],
      [4, []],
      [
        6,
        [
          ['位置', 'unknown_place'],
          ['通道', 'not_a_number'],
          ['厂商', 'unknown_vendor'],
          ['纬度', 'missing'],
          ['云台', 'not_yes_or_no'],
        ],
      ],
    ]);
    expect(list.cameras).toEqual([
      {
        camera: expect.objectContaining({
          id: 'cam-192-168-1-64',
          name: { zh: '东门 <1>', en: '' },
          placeId: 'park',
          position: [108.37, 22.82],
          mainUrl: 'rtsp://192.168.1.64:554/Streaming/Channels/101',
          subUrl: 'rtsp://192.168.1.64:554/Streaming/Channels/102',
          transport: 'tcp',
          username: 'admin',
          ptz: true,
        }),
        password: 'p&w"1',
      },
      expect.objectContaining({
        camera: expect.objectContaining({
          id: 'cam-192-168-1-65-2',
          placeId: 'b3-f2',
          mainUrl: 'rtsp://192.168.1.65:554/cam/realmonitor?channel=2&subtype=0',
        }),
      }),
    ]);
  });
  it('a camera that is there keeps what the file does not speak of', () => {
    const list = readCameraList(file('cameras/list-openpyxl.xlsx'), site, templates);
    expect(list.rows.map(({ id, replaces, problems }) => [id, replaces, problems])).toEqual([
      ['cam-n07', true, []],
      ['cam-new', false, []],
    ]);
    expect(list.cameras[0]!.camera).toMatchObject({
      mainUrl: 'rtsp://10.0.0.7/main',
      directionDegrees: 180,
      reachMetres: 60,
      onvif: { address: '10.0.0.7', port: 80, events: false },
    });
  });
  it.each([
    ['name,place,main\nA,park,rtsp://u:p@10.0.0.1/x', 'main', 'login_in_address'],
    ['name,place,main\nA,park,http://10.0.0.1/x', 'main', 'not_a_stream'],
    ['name,place,main,direction\nA,park,rtsp://10.0.0.1/x,400', 'direction', 'invalid'],
    ['name,place,main,reach\nA,park,rtsp://10.0.0.1/x,far', 'reach', 'not_a_number'],
    ['name,place,ip\nA,park,10.0.0.1', 'vendor', 'missing'],
    ['name,place,main,sound\nA,park,rtsp://10.0.0.1/x,loud', 'sound', 'not_a_sound'],
    ['name,place,main\n,park,rtsp://10.0.0.1/x', 'name', 'missing'],
    ['id,name,place,main\na b,A,park,rtsp://10.0.0.1/x', 'id', 'invalid'],
  ])('%j: %s %s', (text, column, code) => {
    const list = read(text);
    expect(list.rows[0]!.problems.map((one) => [one.column, one.code])).toContainEqual([column, code]);
    expect(list.cameras).toEqual([]);
  });
  it.each([
    ['录音', 'record'],
    ['Record', 'record'],
    ['只听', 'live'],
    ['无', 'off'],
    ['', 'live'],
  ])('sound %j: %s', (word, sound) => {
    const list = read(`名称,位置,主码流,声音\nA,park,rtsp://10.0.0.1/x,${word}`);
    expect(list.rows[0]!.problems).toEqual([]);
    expect(list.cameras[0]!.camera.sound).toBe(sound);
  });
  it('two rows of one id', () => {
    const list = read('id,name,place,main\nx,A,park,rtsp://10.0.0.1/x\nx,B,park,rtsp://10.0.0.2/x');
    expect(list.rows[1]!.problems).toEqual([{ column: 'id', code: 'twice', params: { id: 'x', row: 2 } }]);
  });
  it.each([
    ['', 'empty'],
    ['name,place,main\n', 'empty'],
    ['foo,bar\n1,2', 'column_missing'],
  ])('%j as a whole: %s', (text, code) => {
    expect(read(text).problems[0]!.code).toBe(code);
  });
  it('heads in both languages, with units and joints', () => {
    expect([
      ...readHeads(['摄像机名称', 'IP_Address', '可视距离（米）', 'Name-EN', 'ONVIF 端口']).columns.keys(),
    ]).toEqual(['nameZh', 'host', 'reach', 'nameEn', 'onvifPort']);
  });
});

it('templates are filled in, IPv6 in brackets', () => {
  const dahua = templates.find(({ id }) => id === 'dahua')!;
  expect(fillTemplate(dahua.main, { host: 'fe80::1', port: 554, channel: 3 })).toBe(
    'rtsp://[fe80::1]:554/cam/realmonitor?channel=3&subtype=0',
  );
});

it.each(['zh', 'en'])('the empty list that the console offers is understood (%s)', (language) => {
  const words = JSON.parse(file(`../../resources/locales/${language}/cameras.json`).toString('utf8')) as {
    column: Record<string, string>;
  };
  const { columns, unknown } = readHeads(Object.values(words.column));
  expect(unknown).toEqual([]);
  expect([...columns.keys()].sort()).toEqual(Object.keys(words.column).sort());
});
