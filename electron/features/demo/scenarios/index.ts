import type { Scenario } from '../scenario.ts';
import { cameraLoss } from './camera-loss.ts';
import { fire } from './fire.ts';
import { gasLeak } from './gas-leak.ts';
import { intrusion } from './intrusion.ts';
import { tailgating } from './tailgating.ts';

/** Scenarios that the console offers, in its order. */
export const SCENARIOS: readonly Scenario[] = [intrusion, fire, gasLeak, tailgating, cameraLoss];
