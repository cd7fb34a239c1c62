import { shallowRef } from 'vue';
import { STATION_REPORT } from '#contract/bridge.ts';
import type { HostBridge, StationReport } from '#contract/bridge.ts';

declare global {
  interface Window {
    guardroom?: HostBridge;
  }
}

/** What the desktop host says of its station's process while there is no line to it; null in a browser. */
export const stationReport = shallowRef<StationReport | null>(null);
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== window || typeof event.data !== 'object' || event.data === null) return;
  const report = event.data as Partial<StationReport>;
  if (report.type === STATION_REPORT) stationReport.value = report as StationReport;
});

/** What the host offers beyond a browser (further windows, kiosk); undefined where it is a browser. */
export const host = window.guardroom;
