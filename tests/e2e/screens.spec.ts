import type { Page } from '@playwright/test';
import { signIn } from './console.ts';
import type { Park } from './park.ts';
import { read } from './reading.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

/** Something to show on every screen: alarms open and closed, a run, values, a patrol, a refused message. */
async function fill(park: Park): Promise<void> {
  await park.event('fence-1', 'intrusion.fence');
  await park.event('smoke-1', 'fire.smoke');
  await park.event('meter-1', 'power.overload', { severity: 4 });
  await park.event('fence-1', 'no.such.type', { severity: 9 });
  await park.event('terminal-1', 'patrol.scan', {
    state: 'info',
    data: { checkpointId: 'cp-1', guard: 'Wang', routeId: 'night' },
  });
  await park.publish('meter-1', 'telemetry', { occurredAt: Date.now(), values: { power: 123 } });
  const guard = await park.api('guard');
  await expect.poll(async () => (await guard.alarms.list({ open: true })).items.length).toBeGreaterThan(2);
  const { items } = await guard.alarms.list({ open: true });
  const fence = items.find((alarm) => alarm.deviceId === 'fence-1')!;
  await guard.alarms.comment({ id: fence.id, text: 'seen' });
  await guard.runs.start({ planId: 'proof', alarmId: fence.id, drill: false });
}

for (const language of ['zh', 'en'] as const) {
  const rail = (page: Page) =>
    page.getByRole('navigation', { name: word('app.screens', {}, language) }).getByRole('link');

  test(`the guard's screens in ${language}: worded, readable, within the page`, async ({ page, park }) => {
    await fill(park);
    if (language === 'en') await page.addInitScript(() => localStorage.setItem('guardroom.language', 'en'));
    await page.goto(park.url);
    await expect(page.getByRole('textbox').first()).toBeVisible();
    await read(page, 'sign-in', language);
    await signIn(page, park, 'guard', { language });
    const screens = await rail(page).evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
    expect(screens.length).toBeGreaterThan(5);
    for (const href of screens) {
      await page.goto(`${park.url}${href}`);
      await expect(page.getByRole('main').getByRole('heading').first()).toBeAttached();
      await read(page, href, language);
    }
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toContainText(word('app.help.acknowledge', {}, language));
    await read(page, 'help', language);
  });

  test(`the administrators' screens in ${language}: worded, readable, within the page`, async ({
    context,
    park,
  }) => {
    await fill(park);
    for (const username of ['admin', 'security', 'audit']) {
      const page = await context.newPage();
      await signIn(page, park, username, { language });
      await page.goto(`${park.url}#/system`);
      const tabs = page.getByRole('main').getByRole('navigation').getByRole('button');
      await expect(tabs.first()).toBeVisible();
      for (let at = 0; at < (await tabs.count()); at += 1) {
        await tabs.nth(at).click();
        await expect(tabs.nth(at)).toHaveAttribute('aria-current', 'page');
        await read(page, `${username} ${await tabs.nth(at).textContent()}`, language);
      }
      await page.close();
    }
  });
}
