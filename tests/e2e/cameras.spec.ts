/** Bringing cameras in as people do it: asked, tried, added, seen on the wall; a recorder; a list with slips in it. */
import type { Page } from '@playwright/test';
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';
import { startRtspServer, type RtspServer } from '#tests/peers/rtsp-server.ts';
import { expectMoving, open, signIn, tile } from './console.ts';
import { expect, test } from './test.ts';
import { word, type Language } from './words.ts';

const login = { user: 'admin', password: 'admin' };
let rtsp: RtspServer;
let camera: OnvifDevice;
let recorder: OnvifDevice;

test.beforeAll(async () => {
  rtsp = await startRtspServer(
    [
      ...[{ path: '/main' }, { path: '/sub', width: 320, height: 180 }, { path: '/two' }],
      ...[
        { path: '/hevc', codec: 'h265' as const },
        { path: '/slow', gopSeconds: 5 },
      ],
    ],
    login,
  );
  camera = await startOnvifDevice({
    login,
    clockOffsetMs: 75_000,
    streams: { main: rtsp.url('/main'), sub: rtsp.url('/sub') },
  });
  recorder = await startOnvifDevice({
    login,
    vendor: 'hikvision',
    ptz: false,
    channels: [{ main: rtsp.url('/one') }, { main: rtsp.url('/two') }, { main: rtsp.url('/three') }],
  });
});
test.afterAll(async () => {
  await Promise.all([camera?.stop(), recorder?.stop(), rtsp?.stop()]);
});

/** Asks one address only: nothing leaves this machine. */
async function ask(page: Page, port: number, language: Language = 'zh'): Promise<void> {
  const say = (key: string) => word(key, {}, language);
  await page.getByRole('checkbox', { name: say('cameras.discover.multicast') }).uncheck();
  await page.getByRole('textbox', { name: say('cameras.discover.addresses') }).fill('127.0.0.1');
  await page.getByRole('textbox', { name: say('cameras.discover.ports') }).fill(String(port));
  await page.getByRole('textbox', { name: say('cameras.discover.password') }).fill(login.password);
  await page.getByRole('button', { name: say('cameras.discover.run'), exact: true }).click();
  await page.getByRole('button', { name: say('cameras.discover.ask'), exact: true }).click();
}
async function choosePlace(page: Page, name: string): Promise<void> {
  // the list that naive-ui opens is no listbox of its own
  await page
    .locator('.n-select', { has: page.getByLabel(name) })
    .or(page.getByLabel(name))
    .first()
    .click();
  await page.locator('.n-base-select-option', { hasText: '1号楼' }).or(page.locator('.n-base-select-option', { hasText: 'Building 1' })).first().click(); // prettier-ignore
}

for (const language of ['zh', 'en'] as const)
  test(`a camera is asked, tried, added and seen (${language})`, async ({ page, park, browser }) => {
    const say = (key: string, params = {}) => word(key, params, language);
    await signIn(page, park, 'admin', { language });
    await open(page, 'cameras', language);
    await ask(page, camera.port, language);
    const form = page.getByRole('complementary', { name: say('cameras.form.add') });
    await expect(form.getByRole('textbox', { name: say('cameras.field.mainUrl') })).toHaveValue(rtsp.url('/main')); // prettier-ignore
    await choosePlace(page, say('cameras.field.place'));
    await form.getByRole('button', { name: say('cameras.test.main') }).click();
    await expect(form.locator('img')).toBeVisible({ timeout: 30_000 });
    await expect(form).toContainText('640 × 360');
    await expect(form).toContainText(say('cameras.warning.default_password', { username: 'admin' }));
    await expect(form.locator('.warnings')).toContainText(/01:1[45]/);
    await page.screenshot({ path: `test-results/cameras-form-${language}.png` });
    await form.getByRole('button', { name: say('cameras.form.addNow') }).click();
    await expect(form).toBeHidden();

    await page.getByRole('link', { name: say('cameras.tab.known') }).or(page.getByText(say('cameras.tab.known'), { exact: true })).first().click(); // prettier-ignore
    const row = page.getByRole('row', { name: /cam-127-0-0-1/ });
    await expect(row.locator('.off')).toContainText(/\+7[45]/);
    await page.screenshot({ path: `test-results/cameras-known-${language}.png` });

    const guard = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
    await signIn(guard, park, 'guard', { language });
    await open(guard, 'video', language);
    await guard
      .getByText(/Guardroom|gate/)
      .first()
      .dblclick();
    await expectMoving(tile(guard, 'cam-127-0-0-1'));
    await expect(tile(guard, 'cam-127-0-0-1')).toContainText(/7[45] (s|秒)/);
    await guard.close();
  });

test('a recorder: its channels at once, changed together, put back', async ({ page, park }) => {
  await signIn(page, park, 'admin');
  await open(page, 'cameras');
  await ask(page, recorder.port);
  await page.getByRole('checkbox', { name: word('cameras.device.channel', { number: 3 }) }).uncheck();
  await choosePlace(page, word('cameras.device.placeOfAll'));
  await page.screenshot({ path: 'test-results/cameras-recorder.png' });
  await page.getByRole('button', { name: word('cameras.device.addAll', { count: 2 }) }).click();
  await expect(page.locator('.channels')).toContainText(/127-0-0-1|HIKVISION|gate/);
  const api = await park.api('admin');
  const cameras = async () => (await api.site.get()).cameras.filter(({ id }) => id.startsWith('cam-127'));
  await expect.poll(async () => (await cameras()).map(({ onvif }) => onvif?.source)).toEqual(['VideoSource_1', 'VideoSource_2']); // prettier-ignore

  await page.getByText(word('cameras.tab.known'), { exact: true }).first().click();
  for (const row of await page.getByRole('row', { name: /cam-127/ }).all())
    await row.getByRole('checkbox').check();
  await page.locator('.n-select', { has: page.getByLabel(word('cameras.field.transport')) }).or(page.getByLabel(word('cameras.field.transport'))).first().click(); // prettier-ignore
  await page.locator('.n-base-select-option', { hasText: 'UDP' }).click();
  await page.screenshot({ path: 'test-results/cameras-bulk.png' });
  const change = page.getByRole('button', { name: word('cameras.bulk.run', { count: 2 }) });
  await change.click();
  await page.locator('.n-popconfirm__action').getByRole('button').last().click();
  await expect.poll(async () => (await cameras()).map(({ transport }) => transport)).toEqual(['udp', 'udp']);
  await page.getByText(word('cameras.undo.title')).click();
  await page
    .getByRole('button', { name: word('cameras.undo.run') })
    .first()
    .click();
  await page.locator('.n-popconfirm__action').getByRole('button').last().click();
  await expect.poll(async () => (await cameras()).map(({ transport }) => transport)).toEqual(['tcp', 'tcp']);
});

test('a list: slips by row and column, then written, then taken back', async ({ page, park }) => {
  await signIn(page, park, 'admin');
  await open(page, 'cameras');
  await page.getByText(word('cameras.tab.import'), { exact: true }).first().click();
  const file = (rows: string) => ({
    name: 'list.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`名称,位置,主码流,用户名,密码\n${rows}`),
  });
  const input = page.locator('input[type=file]');
  // what is no list at all is said as a whole, and nothing can be written
  const alert = page.getByRole('alert');
  await input.setInputFiles({ ...file(''), name: 'list.xlsx', buffer: Buffer.from('PK\x03\x04 cut off') });
  await expect(alert).toContainText(word('cameras.import.not_xlsx'));
  await input.setInputFiles({ ...file(''), buffer: Buffer.from('名称,主码流\n甲,rtsp://10.1.1.1/a') });
  await expect(alert).toContainText(word('cameras.import.column_missing', { column: word('cameras.column.place') })); // prettier-ignore
  await input.setInputFiles({
    ...file(''),
    buffer: Buffer.from('名称,位置,主码流\n"甲,b1,rtsp://10.1.1.1/a'),
  });
  await expect(alert).toContainText(word('cameras.import.open_quote'));
  await page.screenshot({ path: 'test-results/cameras-import-wrong.png' });
  await expect(page.getByRole('button', { name: /^写入/ })).toHaveCount(0);
  await input.setInputFiles(file('甲,b1,rtsp://10.1.1.1/a,,\n乙,b9,rtsp://10.1.1.1/a,,\n丙,b1,http://x,,'));
  const bad = page.getByRole('row', { name: /乙/ });
  await expect(bad).toContainText(word('cameras.problem.unknown_place', { value: 'b9' }));
  await expect(bad).toContainText(word('cameras.problem.same_stream_row', { row: 2 }));
  await expect(page.getByRole('row', { name: /丙/ })).toContainText('主码流');
  await expect(page.getByRole('button', { name: word('cameras.import.apply', { count: 3 }) })).toHaveCount(0);
  await page.screenshot({ path: 'test-results/cameras-import.png' });
  await input.setInputFiles(file('甲,b1,rtsp://10.1.1.1/a,,\n乙,b1,rtsp://10.1.1.2/a,admin,geheim'));
  await page.getByRole('button', { name: word('cameras.import.apply', { count: 2 }) }).click();
  await page.locator('.n-popconfirm__action').getByRole('button').last().click();
  await expect(page.getByRole('status')).toContainText(word('cameras.import.added', { count: 2 }));
  const api = await park.api('admin');
  const count = async () =>
    (await api.site.get()).cameras.filter(({ id }) => id.startsWith('cam-10-')).length;
  expect(await count()).toBe(2);
  await page.getByRole('button', { name: word('cameras.undo.run') }).click();
  await page.locator('.n-popconfirm__action').getByRole('button').last().click();
  await expect.poll(count).toBe(0);
});

test('tried by hand: a wrong password, H.265, key frames far apart; then another password on the device itself', async ({
  page,
  park,
}) => {
  const device = await startOnvifDevice({ login: { ...login } });
  park.onStop(() => device.stop());
  const api = await park.api('admin');
  // this peer describes a stream that nobody pulls only once a key frame has come: somebody pulls it
  const slow = { id: 'cam-slow', name: { zh: '慢', en: 'Slow' }, placeId: 'b1', mainUrl: rtsp.url('/slow') };
  const object = { ...slow, username: login.user, recording: { mode: 'continuous' } } as never;
  await api.site.put({ collection: 'cameras', object, cameraPassword: login.password });
  await expect
    .poll(async () => (await rtsp.stats()).plays['/slow'] ?? 0, { timeout: 30_000 })
    .toBeGreaterThan(0);
  await signIn(page, park, 'admin');
  await open(page, 'cameras');
  await page.getByRole('button', { name: word('cameras.byHand') }).click();
  const form = page.getByRole('complementary');
  const field = (key: string) =>
    form.getByRole('textbox', { name: word(`cameras.field.${key}`), exact: true });
  const test = form.getByRole('button', { name: word('cameras.test.main') });
  await field('mainUrl').fill(rtsp.url('/hevc'));
  await field('username').fill(login.user);
  await field('password').fill('falsch');
  await test.click();
  await expect(form.getByRole('alert')).toContainText(word('cameras.reason.wrong_password'), {
    timeout: 30_000,
  });
  await page.screenshot({ path: 'test-results/cameras-wrong-password.png' });

  await field('password').fill(login.password);
  await test.click();
  await expect(form.locator('.warnings')).toContainText(word('cameras.warning.h265'), { timeout: 30_000 });
  await expect(form.locator('img')).toBeVisible();
  await field('mainUrl').fill(rtsp.url('/slow'));
  await test.click();
  await expect(form.locator('.warnings')).toContainText(word('cameras.warning.long_keys').slice(0, 9), { timeout: 30_000 }); // prettier-ignore
  await page.screenshot({ path: 'test-results/cameras-slow.png' });

  // what is missing is said until it is there
  await expect(form).toContainText(/还缺/);
  await field('mainUrl').fill(rtsp.url('/main'));
  await field('nameZh').fill('地库入口');
  await field('id').fill('cam-garage');
  await choosePlace(page, word('cameras.field.place'));
  await field('onvifAddress').fill('127.0.0.1');
  await form.getByLabel(word('cameras.field.onvifPort')).fill(String(device.port));
  await form.getByRole('button', { name: word('cameras.form.addNow') }).click();
  await expect(form).toHaveCount(0);

  await page.getByText(word('cameras.tab.known'), { exact: true }).first().click();
  const row = page.getByRole('row', { name: /cam-garage/ });
  await row.getByRole('button', { name: word('cameras.known.open') }).click();
  await field('password').fill('N3w-Secret');
  await form.getByRole('checkbox', { name: word('cameras.form.onDevice') }).check();
  await expect(form).toContainText(word('cameras.form.onDeviceHint'));
  await form.getByRole('button', { name: word('app.save') }).click();
  await expect(form).toHaveCount(0);
  const probe = async (password: string) =>
    (await api.cameras.probe({ host: '127.0.0.1', port: device.port, username: login.user, password }))
      .reason;
  expect(await probe('N3w-Secret')).toBeNull();
  expect(await probe(login.password)).toBe('wrong_password');

  // led to another device it does not take its password along: said while it is typed, and asked for again
  await row.getByRole('button', { name: word('cameras.known.open') }).click();
  const save = form.getByRole('button', { name: word('app.save') });
  await field('mainUrl').fill(rtsp.url('/main').replace('127.0.0.1', 'localhost'));
  await expect(form.getByRole('alert')).toHaveText(word('cameras.form.moved', { host: 'localhost' }));
  await expect(form).toContainText(word('cameras.form.missing', { fields: word('cameras.field.password') }));
  await expect(save).toBeDisabled();
  await page.screenshot({ path: 'test-results/cameras-moved.png' });
  await field('mainUrl').fill(rtsp.url('/sub'));
  await expect(form.getByRole('alert')).toHaveCount(0);
  await expect(save).toBeEnabled();
  await field('mainUrl').fill(rtsp.url('/main').replace('127.0.0.1', 'localhost'));
  await field('password').fill(login.password);
  await expect(form.getByRole('alert')).toHaveCount(0);
  // it would be set on the device that the camera leaves
  await expect(form.getByRole('checkbox', { name: word('cameras.form.onDevice') })).toHaveCount(0);
  await save.click();
  await expect(form).toHaveCount(0);
  expect((await api.site.get()).cameras.find(({ id }) => id === 'cam-garage')!.mainUrl).toContain(
    'localhost',
  );
  expect((await api.cameras.test({ cameraId: 'cam-garage' })).reason).toBeNull();

  // the device takes no other one while it does not know the stored one: nothing is changed, and it is said
  await device.stop();
  await row.getByRole('button', { name: word('cameras.known.open') }).click();
  await field('password').fill('An0ther-Secret');
  await form.getByRole('checkbox', { name: word('cameras.form.onDevice') }).check();
  await form.getByRole('button', { name: word('app.save') }).click();
  await expect(form.getByRole('alert')).toContainText(word('cameras.reason.refused'));
  await expect(form).toBeVisible();
});
