/** Bundles are made by the real service of real H.264 and checked by others: ffprobe, ffmpeg, openssl, sha256sum, unzip. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeClip, fileOf, recordingsOf } from '#tests/fixtures/recordings.ts';
import { leader, openEvidencePark } from '#tests/fixtures/evidence-park.ts';
import { verifyBundle } from '../../resources/verify/verify.mjs';

const START = Date.UTC(2026, 10, 22, 11, 26, 5);
type Park = ReturnType<typeof openEvidencePark>;
let park: Park;
let folder: string;
let fingerprint: string;
interface Manifest {
  id: string;
  cameras: {
    videos: {
      name: string;
      stream: string;
      width: number;
      frames: number;
      fromMs: number;
      toMs: number;
      clock: [number, number][];
      copyWithTime: string | null;
    }[];
    gaps: { reason: string }[];
  }[];
  files: { name: string; sha256: string }[];
}
let manifest: Manifest;

beforeAll(async () => {
  const clip = encodeClip({ seconds: 6 });
  const withB = encodeClip({ seconds: 4, bFrames: true });
  park = openEvidencePark({
    recordings: recordingsOf(
      {
        // two files that follow one another, a gap of ten seconds, and one more
        'CAM-1': [
          ...fileOf(clip, 'f1', START),
          ...fileOf(clip, 'f2', START + 6_000),
          ...fileOf(clip, 'f3', START + 22_000),
        ],
        // "25 frames" that are 21: 4 s of media in 5 s
        'CAM-2': fileOf(withB, 'f4', START, { wallScale: 1.25 }),
      },
      { gaps: [{ fromMs: START + 12_000, toMs: START + 22_000, reason: 'stalled' }] },
    ),
  });
  const { id } = park.service.start(leader, {
    ...{ cameraIds: ['CAM-1', 'CAM-2'], fromMs: START, toMs: START + 60_000, reason: '北门纠纷 (case 7)' },
    ...{ burnTime: true, withBlocked: false, withSound: true, streams: 'all' as const, secondPerson: false },
  });
  const done = await park.reaches(id, 'done');
  folder = park.folder(id);
  fingerprint = done.keyFingerprint!;
  expect(done.warnings).toEqual([]);
  manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
}, 60_000);
afterAll(() => park.close());

const probe = (name: string) => {
  const entries =
    'format=duration,format_name:stream=nb_frames,codec_name,width,duration:packet=pts_time,flags';
  const text = execFileSync('ffprobe', [
    '-v',
    'error',
    '-show_entries',
    entries,
    '-of',
    'json',
    path.join(folder, name),
  ]);
  return JSON.parse(text.toString()) as {
    format: { duration: string };
    streams: { nb_frames: string; codec_name: string; width: number }[];
    packets: { pts_time: string; flags: string }[];
  };
};

describe('videos', () => {
  test('one MP4 for each stretch without a break, every frame as it was', () => {
    const [first, second] = manifest.cameras;
    expect(first?.videos.map(({ frames, fromMs, toMs }) => [frames, fromMs - START, toMs - START])).toEqual([
      [180, 0, 12_000],
      [90, 22_000, 28_000],
    ]);
    expect(first?.gaps.map(({ reason }) => reason)).toEqual(['stalled']);
    expect(second?.videos).toHaveLength(1);
    for (const { name, frames } of manifest.cameras.flatMap(({ videos }) => videos)) {
      const { streams, packets } = probe(name);
      expect(streams[0]).toMatchObject({ codec_name: 'h264', width: 320, nb_frames: String(frames) });
      expect(packets).toHaveLength(frames);
      expect(packets[0]?.flags).toMatch(/^K/);
    }
    expect(Number(probe(first!.videos[0]!.name).format.duration)).toBeCloseTo(12, 2);
  });
  test('decode without an error, in presentation order, from zero', () => {
    for (const { name } of manifest.cameras.flatMap(({ videos }) => videos)) {
      const args = ['-v', 'error', '-xerror', '-i', path.join(folder, name), '-f', 'null', '-'];
      expect(spawnSync('ffmpeg', args).stderr.toString()).toBe('');
      const times = probe(name).packets.map(({ pts_time }) => Number(pts_time));
      expect(Math.min(...times)).toBeCloseTo(0, 3);
      expect(new Set(times).size).toBe(times.length);
    }
  });
  test('the bits of the camera: the same elementary stream as was recorded', () => {
    const stream = (name: string) =>
      execFileSync(
        'ffmpeg',
        ['-v', 'error', '-i', name, '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', '-f', 'h264', '-'],
        {
          maxBuffer: 2 ** 28,
        },
      );
    const clip = encodeClip({ seconds: 6 });
    const recorded = path.join(folder, '..', 'recorded.mp4');
    writeFileSync(recorded, Buffer.concat([clip.track.init, ...clip.frames.map(({ data }) => data)]));
    expect(stream(path.join(folder, manifest.cameras[0]!.videos[1]!.name)).equals(stream(recorded))).toBe(
      true,
    );
  });
  test('wall time is told by the clock table where media time differs', () => {
    const [, second] = manifest.cameras;
    const clock = second!.videos[0]!.clock;
    expect(clock[0]).toEqual([0, START]);
    const [media, wall] = clock.at(-1)!;
    expect((wall - START) / media).toBeCloseTo(1.25, 1);
  });
  test('the copy with the time runs by the wall clock and has all frames', () => {
    for (const { copyWithTime, frames, fromMs, toMs } of manifest.cameras.flatMap(({ videos }) => videos)) {
      const { packets, format } = probe(copyWithTime!);
      expect(packets).toHaveLength(frames);
      expect(Number(format.duration)).toBeCloseTo((toMs - fromMs) / 1000, 0);
    }
  });
});

describe('both streams of a camera', () => {
  const inMs = 6_000;
  async function videosOf(streams: 'all' | 'main', readableSeconds = Infinity) {
    const [large, small] = [encodeClip({ seconds: 4 }), encodeClip({ seconds: 20, size: '160x120' })];
    const recordings = recordingsOf({
      'CAM-1': fileOf(large, 'm1', START + inMs),
      'CAM-1/sub': fileOf(small, 's1', START),
    });
    const whole = recordings.readParts;
    recordings.readParts = async function* (cameraId, stream, fromMs, toMs, options) {
      let chunks = 0;
      for await (const chunk of whole(cameraId, stream, fromMs, toMs, options)) {
        if (stream === 'main' && (chunks += 1) > readableSeconds) {
          const place = { fileId: 'm1', wallMs: START + inMs, endWallMs: START + inMs + 4_000 };
          return options?.onProblem?.({ ...place, error: 'bad_file' });
        }
        yield chunk;
      }
    };
    const two = openEvidencePark({ recordings });
    try {
      const { id } = two.service.start(leader, {
        ...{ cameraIds: ['CAM-1'], fromMs: START, toMs: START + 20_000, reason: '两路' },
        ...{ burnTime: false, withBlocked: false, withSound: true, streams, secondPerson: false },
      });
      await two.reaches(id, 'done');
      const text = readFileSync(path.join(two.folder(id), 'manifest.json'), 'utf8');
      const told = JSON.parse(text) as Manifest & { requested: { streams: string } };
      expect(told.requested.streams).toBe(streams);
      for (const { name } of told.files)
        expect(readFileSync(path.join(two.folder(id), name)).length).toBeGreaterThan(0);
      return told.cameras[0]!.videos.map(({ name, stream, width, fromMs, toMs }) => {
        expect(name).toContain(`-CAM-1-${stream}-`);
        return [stream, width, fromMs - START, toMs - START];
      });
    } finally {
      two.close();
    }
  }
  test('are all in it, a file each that says which one it is', async () => {
    expect(await videosOf('all')).toEqual([
      ['main', 320, inMs, inMs + 4_000],
      ['sub', 160, 0, 20_000],
    ]);
  });
  test('or only the main one where there is one, if that is asked for', async () => {
    expect(await videosOf('main')).toEqual([
      ['main', 320, inMs, inMs + 4_000],
      ['sub', 160, 0, inMs],
      ['sub', 160, inMs + 4_000, 20_000],
    ]);
  });
  test('or the other one too where the main one is in the index and cannot be read', async () => {
    expect(await videosOf('main', 1)).toEqual([
      ['main', 320, inMs, inMs + 1_000],
      ['sub', 160, 0, inMs],
      ['sub', 160, inMs + 1_000, 20_000],
    ]);
    expect(await videosOf('main', 0)).toEqual([['sub', 160, 0, 20_000]]);
  });
});

describe('signatures', () => {
  const openssl = (...args: string[]) => spawnSync('openssl', args, { cwd: folder });
  test('openssl verifies both, and refuses another text', () => {
    for (const [text, signature] of [
      ['manifest.json', 'manifest.sig'],
      ['SHA256SUMS', 'SHA256SUMS.sig'],
    ]) {
      const args = [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        'station-public-key.pem',
        '-rawin',
        '-sigfile',
        signature!,
        '-in',
      ];
      expect(openssl(...args, text!).stdout.toString()).toMatch(/Verified Successfully/);
      expect(openssl(...args, 'README.en.txt').status).not.toBe(0);
    }
  });
  test('openssl gives the fingerprint that the station tells', () => {
    const der = openssl('pkey', '-pubin', '-in', 'station-public-key.pem', '-outform', 'DER').stdout;
    const digest = spawnSync('openssl', ['dgst', '-sha256', '-r'], { input: der }).stdout.toString();
    expect(digest.split(' ')[0]).toBe(fingerprint);
    expect(park.service.key().fingerprint).toBe(fingerprint);
    expect(readFileSync(path.join(folder, 'README.zh.txt'), 'utf8')).toContain(fingerprint);
  });
  test('sha256sum agrees on every file', () => {
    const { status, stdout } = spawnSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: folder });
    expect(status).toBe(0);
    expect(stdout.toString().trim().split('\n')).toHaveLength(manifest.files.length + 2);
  });
  test('the audit holds the key and the hash of the manifest', () => {
    const rows = park.ports.db.prepare("SELECT params FROM audit WHERE action = 'evidence.done'").all() as {
      params: string;
    }[];
    const params = JSON.parse(rows[0]!.params) as {
      publicKeyPem: string;
      fingerprint: string;
      manifestSha256: string;
    };
    expect(params.fingerprint).toBe(fingerprint);
    expect(params.publicKeyPem).toBe(readFileSync(path.join(folder, 'station-public-key.pem'), 'utf8'));
    const sums = readFileSync(path.join(folder, 'SHA256SUMS'), 'utf8');
    expect(sums).toContain(`${params.manifestSha256} *manifest.json`);
  });
});

describe('our verifier', () => {
  /** Works on a copy, so that each test begins with the untouched bundle. */
  async function after(change: (copy: string) => void, key: string | undefined = fingerprint) {
    const copy = mkdtempSync(path.join(tmpdir(), 'guardroom-bundle-'));
    try {
      cpSync(folder, copy, { recursive: true });
      change(copy);
      return await verifyBundle(copy, key);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }
  const flip = (name: string) => (copy: string) => {
    const file = path.join(copy, ...name.split('/'));
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(file, bytes);
  };

  test('passes the untouched bundle, also as a program of its own', async () => {
    expect(await after(() => undefined)).toMatchObject({
      ok: true,
      problems: [],
      fingerprint,
      id: manifest.id,
    });
    const run = spawnSync(process.execPath, ['verify.mjs', '.', '--fingerprint', fingerprint], {
      cwd: folder,
    });
    expect([run.status, run.stdout.toString()]).toEqual([0, expect.stringContaining('UNCHANGED')]);
  });
  test('names each file of which one bit was changed, and no other', async () => {
    const names = [
      ...manifest.files.map(({ name }) => name),
      'manifest.json',
      'manifest.sig',
      'SHA256SUMS',
      'SHA256SUMS.sig',
    ];
    expect(names.length).toBeGreaterThan(12);
    for (const name of names) {
      const { problems } = await after(flip(name));
      expect(
        problems.map(({ file }) => file),
        name,
      ).toContain(name);
      // another key makes both signatures void and cannot be told from a touched key
      expect(problems, name).toHaveLength(1);
    }
  });
  test('names only the key when that cannot be read any more', async () => {
    const spoil = (copy: string) => {
      const file = path.join(copy, 'station-public-key.pem');
      writeFileSync(file, readFileSync(file, 'utf8').replace('KEY-----\n', 'KEY-----\n!!!!'));
    };
    expect((await after(spoil)).problems).toEqual([{ file: 'station-public-key.pem', problem: 'changed' }]);
  });
  test('names what was added and what is missing', async () => {
    const video = manifest.cameras[0]!.videos[0]!.name;
    expect((await after((copy) => rmSync(path.join(copy, video)))).problems).toEqual([
      { file: video, problem: 'missing' },
    ]);
    expect(
      (await after((copy) => writeFileSync(path.join(copy, 'video', 'more.mp4'), 'x'))).problems,
    ).toEqual([{ file: 'video/more.mp4', problem: 'added' }]);
    for (const name of ['manifest.json', 'SHA256SUMS.sig', 'station-public-key.pem'])
      expect((await after((copy) => rmSync(path.join(copy, name)))).problems, name).toContainEqual({
        file: name,
        problem: 'missing',
      });
  });
  test('is not taken in by a video, its hash and both lists changed together', async () => {
    const video = manifest.cameras[0]!.videos[0]!.name;
    const forged = await after((copy) => {
      flip(video)(copy);
      const sum = execFileSync('sha256sum', [path.join(copy, video)])
        .toString()
        .slice(0, 64);
      const { sha256 } = manifest.files.find(({ name }) => name === video)!;
      for (const list of ['manifest.json', 'SHA256SUMS']) {
        const file = path.join(copy, list);
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll(sha256, sum));
      }
    });
    expect(forged.ok).toBe(false);
    expect(forged.problems.map(({ file }) => file)).toContain('manifest.json');
  });
  test('knows a bundle that was signed anew with another key by the fingerprint', async () => {
    const forger = path.join(folder, '..', 'forger.pem');
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', forger]);
    const resign = (copy: string) => {
      const run = (...args: string[]) => execFileSync('openssl', args, { cwd: copy });
      run('pkey', '-in', forger, '-pubout', '-out', 'station-public-key.pem');
      const der = run('pkey', '-in', forger, '-pubout', '-outform', 'DER');
      const print = execFileSync('sha256sum', { input: der }).toString().slice(0, 64);
      const hashOf = (name: string) =>
        execFileSync('sha256sum', [path.join(copy, name)])
          .toString()
          .slice(0, 64);
      const text = readFileSync(path.join(copy, 'manifest.json'), 'utf8').replaceAll(fingerprint, print);
      const list = JSON.parse(text) as Manifest;
      for (const file of list.files) file.sha256 = hashOf(file.name);
      writeFileSync(path.join(copy, 'manifest.json'), JSON.stringify(list));
      const sign = (name: string, to: string) =>
        run('pkeyutl', '-sign', '-inkey', forger, '-rawin', '-in', name, '-out', to);
      sign('manifest.json', 'manifest.sig');
      const names = [...list.files.map(({ name }) => name), 'manifest.json', 'manifest.sig'];
      writeFileSync(
        path.join(copy, 'SHA256SUMS'),
        names.map((name) => `${hashOf(name)} *${name}\n`).join(''),
      );
      sign('SHA256SUMS', 'SHA256SUMS.sig');
    };
    expect((await after(resign)).problems).toEqual([
      { file: 'station-public-key.pem', problem: 'wrong_key' },
    ]);
    const unaware = await after(resign, '');
    expect(unaware).toMatchObject({ ok: true });
    expect(unaware.fingerprint).not.toBe(fingerprint);
  });
});

describe('download', () => {
  test('is a ZIP that unzip takes, read from anywhere, the same as the folder', async () => {
    const { grant, fileName, bytes } = park.service.download(leader, manifest.id);
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes; at += 100_003)
      parts.push(await park.service.read(leader, grant, at, Math.min(100_003, bytes - at)));
    const zip = path.join(park.dataDir, fileName);
    writeFileSync(zip, Buffer.concat(parts));
    const out = mkdtempSync(path.join(tmpdir(), 'guardroom-unzip-'));
    try {
      const check =
        'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nz.extractall(sys.argv[2])';
      execFileSync('python3', ['-c', check, zip, out]);
      const unzipped = path.join(out, fileName.replace(/\.zip$/, ''));
      expect(await verifyBundle(unzipped, fingerprint)).toMatchObject({ ok: true });
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
    expect(await park.service.read(leader, grant, bytes, 10)).toHaveLength(0);
    await expect(park.service.read({ ...leader, id: 'another' }, grant, 0, 10)).rejects.toMatchObject({
      reason: 'evidence.grant',
    });
  });
});
