/** A camera's own analytics: a line crossed is an alarm with the line's name and its picture; what nobody knows is seen. */
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';
import { banner, expectMoving, open, signIn, tile } from './console.ts';
import { expect, test } from './test.ts';
import { word } from './words.ts';

let device: OnvifDevice | undefined;
test.afterEach(async () => {
  await device?.stop();
  device = undefined;
});

for (const language of ['zh', 'en'] as const)
  test(`a line crossed reaches the guard with its name and its picture (${language})`, async ({
    page,
    park,
    browser,
  }) => {
    const say = (key: string, params = {}) => word(key, params, language);
    device = await startOnvifDevice({});
    const admin = await park.api('admin');
    const was = (await admin.site.get()).cameras.find(({ id }) => id === 'cam-open')!;
    const onvif = { address: device.host, port: device.port, events: true };
    await admin.site.put({ collection: 'cameras', object: { ...was, onvif } as never });
    await expect.poll(() => device!.pullPoints.count(), { timeout: 20_000 }).toBe(1);

    await signIn(page, park, 'guard', { language });
    device.emit({
      topic: 'tns1:RuleEngine/LineDetector/Crossed',
      source: { VideoSourceConfigurationToken: 'V', Rule: '东侧围栏' },
      data: { ObjectId: '7', ClassTypes: 'Human' },
    });
    await expect(banner(page, language)).toContainText(say('alarmType.intrusion.line'));
    await expect(banner(page, language)).toContainText('东侧围栏');
    await expect(banner(page, language)).toContainText(say('alarms.object.person'));
    await expectMoving(tile(page, 'cam-open'));

    device.emit({ topic: 'tns1:VideoAnalytics/tnsnew:CrowdDensity', data: { Level: '0.7' } });
    const context = await browser.newContext();
    const office = await context.newPage();
    await signIn(office, park, 'admin', { language });
    await open(office, 'cameras', language);
    await office.getByText(say('cameras.tab.known'), { exact: true }).first().click();
    await office
      .getByRole('row', { name: /cam-open/ })
      .getByRole('button')
      .click();
    const heard = office.getByRole('group', { name: say('cameras.events.title') });
    await expect(heard).toContainText(say('cameras.events.listening'));
    await expect(heard).toContainText('VideoAnalytics/CrowdDensity × 1');
    await context.close();
  });
