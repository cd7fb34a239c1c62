import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { plan as planSchema, type Plan } from '#contract/plan.ts';
import { siteFile } from '#contract/site.ts';
import { checkPlan } from '#domain/plan-check.ts';
import { ALARM_TYPES } from '#domain/alarm-types.ts';
import { languageProblems } from '#tests/fixtures/demo-languages.ts';

const folder = fileURLToPath(new URL('../../resources/plans/', import.meta.url));
const site = siteFile.parse(
  parse(readFileSync(fileURLToPath(new URL('../../resources/demo/site.yaml', import.meta.url)), 'utf8')),
);
const plans = readdirSync(folder).map((file) => [file, planSchema.parse(parse(readFileSync(`${folder}/${file}`, 'utf8')))] as [string, Plan]); // prettier-ignore

/** Ids that a plan names, by what they are. */
function references(plan: Plan): Record<string, string[]> {
  const named: Record<string, string[]> = {
    cameras: [],
    broadcastZones: [],
    contacts: [],
    devices: [],
    places: [],
  };
  const add = (kind: string, ids: 'alarm' | string[]) => ids !== 'alarm' && named[kind]!.push(...ids);
  for (const { placeId } of plan.offeredFor) if (placeId) add('places', [placeId]);
  for (const { action } of plan.steps) {
    if (action?.type === 'show_cameras') add('cameras', action.cameraIds);
    if (action?.type === 'announce') add('broadcastZones', action.zoneIds);
    if (action?.type === 'notify') add('contacts', action.contactIds);
    if (action?.type === 'device_command' && action.deviceId !== 'alarm') add('devices', [action.deviceId]);
  }
  return named;
}

describe.each(plans)('resources/plans/%s', (_file, plan) => {
  it('holds by the rules of plans', () => {
    expect(checkPlan(plan)).toEqual([]);
  });
  it('names only what the demo park has', () => {
    for (const [kind, ids] of Object.entries(references(plan))) {
      const known = new Set(site[kind as 'cameras'].map(({ id }) => id));
      expect(ids.filter((id) => !known.has(id))).toEqual([]);
    }
  });
  it('sends only commands that the device takes', () => {
    for (const { action } of plan.steps) {
      if (action?.type !== 'device_command' || action.deviceId === 'alarm') continue;
      expect(site.devices.find(({ id }) => id === action.deviceId)?.commands).toContain(action.command);
    }
  });
  it('speaks both languages', () => {
    expect(languageProblems(plan)).toEqual([]);
    for (const { action } of plan.steps) {
      if (action?.type !== 'announce' || action.source.kind !== 'speech') continue;
      expect(action.source.text).toMatch(/[\u4e00-\u9fff]/);
      expect(action.source.text).toMatch(/[A-Z][a-z ,]{10,}/);
    }
  });
  it('is offered for alarm types that exist', () => {
    expect(plan.offeredFor.length).toBeGreaterThan(0);
    expect(plan.offeredFor.map(({ type }) => type).filter((type) => !(type in ALARM_TYPES))).toEqual([]);
  });
});

it('covers the five scenarios of the demo', () => {
  expect(plans.map(([, { id }]) => id).sort()).toEqual(['camera-loss', 'fire-building', 'gas-leak', 'intrusion', 'tailgating']); // prettier-ignore
});
