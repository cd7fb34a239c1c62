import type { Plan } from '#contract/plan.ts';
import type { SitePort } from '#station/ports.ts';
import { pathText, type PlanFileProblem } from './plan-files.ts';

/**
 * Names in a plan that the site does not have. The plan stays usable: with one camera gone, the rest
 * of it is still what has to be done. Checked when asked, because the site changes too.
 */
export function missingReferences(plan: Plan, file: string, site: SitePort): PlanFileProblem[] {
  const problems: PlanFileProblem[] = [];
  const need = (known: unknown, path: PropertyKey[], what: string, id: string) => {
    if (known) return;
    problems.push({ file, path: pathText(path), line: null, message: `unknown_${what}: ${id}` });
  };
  const needAll = (
    ids: 'alarm' | string[],
    find: (id: string) => unknown,
    path: PropertyKey[],
    what: string,
  ) => {
    if (ids === 'alarm') return;
    for (const [index, id] of ids.entries()) need(find(id), [...path, index], what, id);
  };
  for (const [index, { placeId }] of plan.offeredFor.entries()) {
    if (placeId !== undefined) need(site.place(placeId), ['offeredFor', index, 'placeId'], 'place', placeId);
  }
  for (const [index, { action }] of plan.steps.entries()) {
    const at = (...rest: PropertyKey[]) => ['steps', index, 'action', ...rest];
    switch (action?.type) {
      case 'show_cameras':
        needAll(action.cameraIds, (id) => site.camera(id), at('cameraIds'), 'camera');
        break;
      case 'announce':
        needAll(action.zoneIds, (id) => site.broadcastZone(id), at('zoneIds'), 'broadcast_zone');
        break;
      case 'notify':
        needAll(action.contactIds, (id) => site.contact(id), at('contactIds'), 'contact');
        break;
      case 'device_command': {
        if (action.deviceId === 'alarm') break;
        const device = site.device(action.deviceId);
        need(device, at('deviceId'), 'device', action.deviceId);
        if (device) need(device.commands.includes(action.command), at('command'), 'command', action.command);
      }
    }
  }
  return problems;
}
