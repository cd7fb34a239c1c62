/**
 * The one place where features meet: made in order, given each other's ports, stopped in reverse.
 * A feature adds its block here and one line in `router`.
 */
import type { HealthItem } from '#contract/system.contract.ts';
import { accountsApi } from '#features/accounts/accounts.api.ts';
import { createAccounts } from '#features/accounts/accounts.service.ts';
import { siteApi } from '#features/site/site.api.ts';
import { createSite } from '#features/site/site.service.ts';
import { createBackups } from '#features/system/backups.ts';
import { systemApi } from '#features/system/system.api.ts';
import { videoApi } from '#features/video/video.api.ts';
import { createVideo } from '#features/video/video.service.ts';
import type { AuditAnchor } from './audit.ts';
import type { StationOptions } from './boot.ts';
import { createHealth } from './health.ts';
import { LiveCollection } from './live.ts';
import type { StationPorts } from './ports.ts';
import { may } from '#domain/permissions.ts';
import { rpc } from './rpc.ts';
import { Sessions, type ActiveSession } from './sessions.ts';
import { createSettings } from './settings.ts';

export type Kernel = Omit<StationPorts, 'site' | 'settings' | 'health' | 'liveCollection'>;
export type Wired = Awaited<ReturnType<typeof wire>>;

export async function wire({
  kernel,
  anchor,
  options,
}: {
  kernel: Kernel;
  anchor: AuditAnchor;
  options: StationOptions;
}) {
  const { clock, bus, db, audit, vault } = kernel;
  const epoch = kernel.newId();
  const liveCollection = <T extends { id: string }>() => new LiveCollection<T>(clock, epoch);
  const healthItems = liveCollection<HealthItem>();
  const health = createHealth(healthItems, clock);
  const settings = createSettings(db, audit, vault, (key) => bus.emit('setting.changed', { key }));
  const early = { ...kernel, health, liveCollection };
  const site = createSite(early, options.siteFile);
  const ports: StationPorts = { ...early, settings, site: site.port };
  /** Run in reverse order at the end. */
  const stops: (() => void | Promise<void>)[] = [];

  const sessions = new Sessions(db, clock, (id) => accounts.find(id));
  const accounts = createAccounts(ports, sessions);
  await accounts.seedDemo(site.file);
  const backups = createBackups(ports);
  stops.push(() => backups.stop());
  const mayView = (session: ActiveSession) => {
    const now = sessions.refresh(session);
    return now !== null && may(now.account.role, 'video.view');
  };
  const video = createVideo(ports, { mayView }, options.mediaUrl);
  stops.push(() => video.stop());

  const demoAccounts = site.file.site.kind === 'demo' ? site.file.demoAccounts : [];
  const hello = () => ({
    version: kernel.version,
    site: site.port.current().site,
    needsSetup: accounts.needsSetup(),
    demoAccounts,
    capabilities: options.capabilities,
    stationTimeMs: clock.nowMs(),
  });

  const router = rpc.router({
    auth: accountsApi(accounts, hello),
    site: siteApi(site),
    video: videoApi(video),
    system: systemApi(ports, healthItems, backups, anchor, {
      ffmpeg: video.ffmpeg,
      speech: async () => [],
      broker: () => ({ kind: 'embedded', address: '' }),
      verifyRecords: () => ({ ok: true, checked: 0, problems: [] }),
    }),
  } as never);

  return {
    router,
    ports,
    sessions,
    mediaUpgrade: video.upgrade,
    async stop() {
      for (const stop of stops.reverse()) {
        await Promise.resolve()
          .then(stop)
          .catch((error: Error) => kernel.log.error('stopping a part failed', { error: error.message }));
      }
    },
  };
}
