import { banner, open, signIn } from './console.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

/** In the order of the rail. */
const WATCH = [
  ...['overview', 'alarms', 'matrix', 'video', 'tours', 'patrol', 'perimeter', 'emergency', 'broadcast'],
  'devices',
];
const RECORDED = WATCH.toSpliced(WATCH.indexOf('tours'), 0, 'replay');
/** What each role sees: the rail, and the tabs of the system screen. */
const SEES: Record<string, { screens: string[]; tabs: string[] }> = {
  guard: { screens: [...RECORDED, 'records', 'system'], tabs: ['links', 'disks', 'quarantine', 'demo'] },
  leader: { screens: [...RECORDED, 'records', 'system'], tabs: ['links', 'disks', 'quarantine', 'demo'] },
  commander: { screens: [...RECORDED, 'records', 'system'], tabs: ['links', 'disks', 'quarantine', 'demo'] },
  viewer: { screens: [...WATCH, 'records', 'system'], tabs: ['links'] },
  patrol: {
    screens: ['overview', 'alarms', 'patrol', 'perimeter', 'devices', 'system'],
    tabs: ['links'],
  },
  admin: {
    screens: ['cameras', 'system'],
    tabs: ['links', 'settings', 'disks', 'site', 'backups', 'quarantine', 'demo'],
  },
  security: { screens: ['system'], tabs: ['links', 'accounts'] },
  audit: { screens: ['records', 'system'], tabs: ['links', 'audit'] },
};

test.describe('on a demo park', () => {
  test.use({ parkOptions: { cameras: false } });

  test('each role sees its screens and its parts of the system screen, and nothing else', async ({
    browser,
    park,
  }) => {
    await park.event('fence-1', 'intrusion.fence');
    for (const [username, { screens, tabs }] of Object.entries(SEES)) {
      await test.step(username, async () => {
        const page = await browser.newPage();
        await signIn(page, park, username);
        const rail = page.getByRole('navigation', { name: word('app.screens') }).getByRole('link');
        await expect(rail.filter({ hasText: word('system.title') })).toBeVisible();
        const links = await rail.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
        expect(links.map((href) => href?.slice('#/'.length) || 'overview')).toEqual(screens);
        // Who watches alarms sees the new one; who may not handle it has no button for it.
        if (screens.includes('alarms')) {
          await expect(banner(page)).toContainText('北围界 01');
          const handles = ['guard', 'leader', 'commander'].includes(username);
          const acknowledge = banner(page).getByRole('button', { name: word('app.acknowledge') });
          await expect(acknowledge).toHaveCount(handles ? 1 : 0);
        } else await expect(banner(page)).toHaveCount(0);
        await open(page, 'system');
        const shown = page
          .locator('main')
          .getByRole('navigation', { name: word('system.title') })
          .getByRole('button');
        await expect(shown).toHaveText(tabs.map((tab) => word(`system.tab.${tab}`)));
        // Guards see how the disks are; only who may change them gets a button.
        if (tabs.includes('disks')) {
          await shown.filter({ hasText: word('system.tab.disks') }).click();
          await expect(page.getByText(word('recording.disk.hint'))).toBeVisible();
          const changes = username === 'admin' ? 1 : 0;
          await expect(page.getByRole('button', { name: word('recording.disk.put') })).toHaveCount(changes);
          await expect(page.getByRole('button', { name: word('recording.disk.remove') })).toHaveCount(
            changes,
          );
        }
        await page.close();
      });
    }
  });

  test('who may only watch: the wall with its own and shared views, the matrix without its buttons', async ({
    page,
    park,
  }) => {
    // Nothing answers there: what may be done does not depend on a picture.
    const camera = {
      id: 'cam-1',
      name: { zh: '大厅', en: 'Lobby' },
      placeId: 'b1',
      mainUrl: 'rtsp://127.0.0.1:9/a',
    };
    await (await park.api('admin')).site.put({ collection: 'cameras', object: camera as never });
    const view = (name: string) => ({ view: { name, layout: '1x1', places: [{ cameraId: 'cam-1' }] } });
    await (await park.api('leader')).views.share(view('人人可见'));
    await (await park.api('guard')).views.save(view('值班员自用'));
    const api = await park.api('viewer');
    await api.views.save(view('来访者自用'));
    await expect(api.views.share(view('不许'))).rejects.toMatchObject({ code: 'FORBIDDEN' });

    await signIn(page, park, 'viewer');
    await open(page, 'video');
    const views = page.getByRole('region', { name: word('wall.views') });
    await expect(views.locator('[data-view] .name')).toHaveText(['人人可见', '来访者自用']);
    await page.keyboard.press('Control+s');
    const naming = page.getByRole('dialog', { name: word('wall.view.saveAs') });
    await expect(naming.getByRole('textbox')).toBeVisible();
    await expect(naming.getByText(word('wall.view.forAll'))).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(naming).toBeHidden();
    const tile = page.locator('[data-camera="cam-1"]');
    await tile.hover();
    await expect(tile.locator('[data-tool=zoomIn]')).toBeVisible();
    await expect(tile.locator('[data-tool=snapshot], [data-tool=report]')).toHaveCount(0);

    // The camera that is lost is an alarm too: one of the two is shown.
    await park.event('fence-1', 'intrusion.fence');
    await expect(banner(page)).toContainText('北围界 01');
    await open(page, 'matrix');
    await expect(page.locator('.matrix')).toHaveAttribute('data-shown', /./);
    await expect(page.getByRole('button', { name: word('app.acknowledge') })).toHaveCount(0);
    await page.keyboard.press('Enter');
    const { items } = await (await park.api('guard')).alarms.list({ open: true });
    expect(items.filter(({ acknowledged }) => acknowledged)).toEqual([]);
  });

  test('a locked screen locks actions, and a new alarm still appears', async ({ page, park }) => {
    await signIn(page, park, 'guard');
    await park.event('fence-1', 'intrusion.fence');
    await expect(banner(page)).toContainText('北围界 01');
    await page.keyboard.press('Control+l');
    const lock = page.getByRole('region', { name: word('app.locked') });
    await expect(lock).toBeVisible();
    const acknowledge = banner(page).getByRole('button', { name: word('app.acknowledge') });
    await expect(acknowledge).toBeDisabled();

    await park.event('smoke-1', 'fire.smoke');
    await expect(banner(page)).toContainText('1号楼烟感 01');
    // The key would acknowledge it; the field of the lock must not take it either.
    await page.getByRole('banner').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('Space');
    const guard = await park.api('guard');
    const waiting = async () =>
      (await guard.alarms.list({ open: true })).items.filter((one) => !one.acknowledged);
    expect(await waiting()).toHaveLength(2);

    await lock.getByRole('textbox').fill('not-my-password');
    await lock.getByRole('button', { name: word('app.unlock') }).click();
    await expect(lock.getByRole('alert')).toBeVisible();
    await lock.getByRole('textbox').fill('demo-guard');
    await lock.getByRole('button', { name: word('app.unlock') }).click();
    await expect(lock).toBeHidden();
    await page.getByRole('banner').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('Space');
    await expect(banner(page)).toContainText('北围界 01');
    expect(await waiting()).toHaveLength(1);
  });
});

test.describe('on a real site', () => {
  test.use({ parkOptions: { kind: 'real', broker: 'embedded', cameras: false } });

  test('the first start makes three administrators and knows no default password', async ({ page, park }) => {
    await page.goto(park.url);
    await expect(page.getByRole('heading', { name: word('app.setup.title') })).toBeVisible();
    const roles = ['systemAdmin', 'securityAdmin', 'auditAdmin'];
    const passwordOf = (role: string) => `${role}-long-enough`;
    const fill = async (role: string, field: string, text: string) =>
      page
        .getByRole('group', { name: word(`app.setup.${role}`) })
        .getByLabel(word(`app.setup.${field}`), { exact: true })
        .fill(text);
    for (const role of roles) {
      await fill(role, 'username', role);
      await fill(role, 'name', role);
      await fill(role, 'password', passwordOf(role));
      await fill(role, 'repeat', passwordOf(role));
    }
    // One person must not hold two of these posts.
    await fill('auditAdmin', 'username', 'systemAdmin');
    await page.getByRole('button', { name: word('app.setup.create') }).click();
    await expect(page.getByRole('alert').first()).toBeVisible();
    await fill('auditAdmin', 'username', 'auditAdmin');
    await page.getByRole('button', { name: word('app.setup.create') }).click();
    await expect(page.getByRole('heading', { name: word('app.signIn') })).toBeVisible();
    await expect(page.getByText('demo-guard')).toHaveCount(0);
    await expect(
      (await park.api()).auth.signIn({ username: 'guard', password: 'demo-guard' }),
    ).rejects.toThrow();

    await signIn(page, park, 'securityAdmin', { password: passwordOf('securityAdmin') });
    await open(page, 'system');
    await expect(page.getByRole('button', { name: word('system.tab.accounts') })).toBeVisible();
    await expect(page.getByRole('button', { name: word('system.tab.settings') })).toHaveCount(0);
  });
});
