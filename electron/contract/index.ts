/** The whole contract: one line per group. A method is added in its group's file. */
import { alarmsContract } from './alarms.contract.ts';
import { authContract } from './auth.contract.ts';
import { broadcastContract } from './broadcast.contract.ts';
import { camerasContract } from './cameras.contract.ts';
import { devicesContract, quarantineContract } from './devices.contract.ts';
import { evidenceContract } from './evidence.contract.ts';
import { patrolContract, perimeterContract } from './patrol.contract.ts';
import { picturesContract } from './pictures.contract.ts';
import { plansContract, runsContract } from './plans.contract.ts';
import { ptzContract } from './ptz.contract.ts';
import { recordingContract } from './recording.contract.ts';
import { recordsContract } from './records.contract.ts';
import { siteContract } from './site.contract.ts';
import { demoContract, systemContract } from './system.contract.ts';
import { toursContract } from './tours.contract.ts';
import { videoContract } from './video.contract.ts';
import { viewsContract } from './views.contract.ts';

export const contract = {
  auth: authContract,
  site: siteContract,
  alarms: alarmsContract,
  devices: devicesContract,
  quarantine: quarantineContract,
  video: videoContract,
  views: viewsContract,
  cameras: camerasContract,
  ptz: ptzContract,
  tours: toursContract,
  plans: plansContract,
  runs: runsContract,
  broadcast: broadcastContract,
  patrol: patrolContract,
  perimeter: perimeterContract,
  recording: recordingContract,
  pictures: picturesContract,
  evidence: evidenceContract,
  records: recordsContract,
  system: systemContract,
  demo: demoContract,
};
export type Contract = typeof contract;
