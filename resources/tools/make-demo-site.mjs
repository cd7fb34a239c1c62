/**
 * Writes resources/demo/site.yaml and resources/demo/map.json. The same input gives the same files; they are
 * committed, and a test checks that they are current.
 *   node resources/tools/make-demo-site.mjs [--out DIR]
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Document, visit } from 'yaml';
import { makeCameras, makePerimeterZones } from './demo-site/cameras.mjs';
import { makeDevices } from './demo-site/devices.mjs';
import { centre } from './demo-site/geometry.mjs';
import {
  makeAccounts,
  makeBroadcastZones,
  makeCheckpoints,
  makeContacts,
  makeRoutes,
} from './demo-site/people.mjs';
import { makeMap, makePlaces } from './demo-site/places.mjs';

const HEADER = ` The demo park, invented from end to end. Written by resources/tools/make-demo-site.mjs: change it there.
 Its accounts and passwords are public, so a station refuses to run it as a real site.`;

const LONGEST_FLOW = 150;

/** Text of the site file; short lists and objects on one line. */
function toYaml(site) {
  const document = new Document(site, { aliasDuplicateObjects: false });
  document.commentBefore = HEADER;
  visit(document, {
    Collection(_key, node, path) {
      const short = JSON.stringify(node.toJS(document)).length <= LONGEST_FLOW;
      const root = path.length < 4;
      if (short && !root) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string', default: join(here, '..', 'demo') } } });
const site = {
  site: {
    id: 'yongjiang',
    name: { zh: '邕江政务产业园', en: 'Yongjiang Government & Industry Park' },
    guardRoom: { zh: '东门值班室', en: 'East gate guard room' },
    kind: 'demo',
    timezone: 'Asia/Shanghai',
    center: centre,
    zoom: 16.4,
  },
  places: makePlaces(),
  devices: makeDevices(),
  cameras: makeCameras(),
  perimeterZones: makePerimeterZones(),
  broadcastZones: makeBroadcastZones(),
  contacts: makeContacts(),
  checkpoints: makeCheckpoints(),
  patrolRoutes: makeRoutes(),
  demoAccounts: makeAccounts(),
};
writeFileSync(join(values.out, 'site.yaml'), toYaml(site));
writeFileSync(join(values.out, 'map.json'), `${JSON.stringify(makeMap())}\n`);
