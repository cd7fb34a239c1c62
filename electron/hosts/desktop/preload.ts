import { contextBridge, ipcRenderer } from 'electron';
import { HAVE_PORT, WANT_PORT, type HostBridge } from '#contract/bridge.ts';
import { CHANNEL } from './lines.ts';

const bridge: HostBridge = {
  openWindow: (route) => ipcRenderer.invoke(CHANNEL.openWindow, route),
  setKiosk: (on) => ipcRenderer.invoke(CHANNEL.setKiosk, on),
};
contextBridge.exposeInMainWorld('guardroom', bridge);

// A port cannot pass through the context bridge; it is asked for and reaches the page as a message of its own window.
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === WANT_PORT) ipcRenderer.send(CHANNEL.wantPort);
});
ipcRenderer.on(CHANNEL.port, (event) => window.postMessage(HAVE_PORT, window.location.origin, event.ports));
ipcRenderer.on(CHANNEL.report, (_event, report) => window.postMessage(report, window.location.origin));
