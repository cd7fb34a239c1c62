import { doStep, endRun } from './board.ts';
import { banner, open, signIn } from './console.ts';
import { startController } from './controller.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

test('a drill is marked everywhere and touches nothing', async ({ page, park }) => {
  const controller = await startController(park);
  await signIn(page, park, 'guard');
  const drill = word('app.drill');

  await test.step('an alarm of a drill says so', async () => {
    await park.event('fence-1', 'intrusion.fence', { drill: true });
    await expect(banner(page)).toContainText('北围界 01');
    await expect(banner(page)).toContainText(drill);
  });

  await test.step('a plan is started as a drill, after being asked', async () => {
    await page.keyboard.press('p');
    await expect(page.getByRole('main').getByRole('heading', { name: '验收预案' })).toBeVisible();
    // What answers an alarm of a drill is a drill.
    await expect(page.getByRole('button', { name: word('emergency.start.real.button') })).toBeDisabled();
    await page
      .getByRole('button', { name: word('emergency.start.drill.button') })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: word('emergency.start.drill.title') });
    await expect(dialog).toContainText(word('emergency.start.drill.means'));
    await dialog.getByRole('button', { name: word('emergency.start.drill.go') }).click();
    await expect(page.getByText(word('emergency.drillMeans'))).toBeVisible();
  });

  const chip = page.getByRole('banner').getByRole('button', { name: /验收预案/ });
  await test.step('every screen says that a drill runs', async () => {
    for (const screen of ['overview', 'alarms', 'video', 'records', 'system']) {
      await open(page, screen);
      await expect(chip, screen).toContainText(drill);
    }
    await chip.click();
    await expect(page).toHaveURL(/#\/emergency\?run=/);
  });

  await test.step('its steps are simulated to the end', async () => {
    await doStep(page, '画面里有人吗', '1');
    await doStep(page, '重新布防', 'Enter');
    await doStep(page, '现场查看', 'Enter');
    await endRun(page);
    await expect(chip).toHaveCount(0);
  });

  await test.step('nothing went out, and the records are marked', async () => {
    expect(park.receiver.packets).toHaveLength(0);
    expect(controller.commands).toEqual([]);
    await open(page, 'records');
    await page.getByRole('textbox', { name: word('records.find') }).fill('验收预案');
    const rows = page.getByRole('listbox', { name: word('records.title') }).getByRole('option');
    // Typing waits a moment before it searches: until then other records are listed.
    await expect
      .poll(async () => {
        const texts = await rows.allTextContents();
        return texts.length > 0 && texts.every((text) => text.includes('验收预案') && text.includes(drill));
      })
      .toBe(true);
    const { items } = await (await park.api('guard')).runs.list({});
    const receipts = items[0]?.steps.map(({ id, receipt }) => `${id} ${receipt}`);
    expect(receipts).toContain('warn simulated');
    expect(receipts).toContain('arm simulated');
  });
});
