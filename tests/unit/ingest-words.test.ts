import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { QUARANTINE_CODES } from '#contract/devices.contract.ts';
import type { BrokerState } from '#features/ingest/broker-link.ts';
import { brokerLine } from '#features/ingest/link-health.ts';
import { LINK_REASONS } from '#native/mqtt/types.ts';

type Words = { [key: string]: string | Words };
const words = (language: string, file: string): Words =>
  JSON.parse(
    readFileSync(new URL(`../../resources/locales/${language}/${file}.json`, import.meta.url), 'utf8'),
  ) as Words;

const block = { detail: '', attempt: 1, retryAtMs: 0 };
const states: BrokerState[] = [
  { kind: 'connecting', attempt: 0 },
  { kind: 'online', sinceMs: 0, sessionPresent: false },
  ...LINK_REASONS.map((reasonCode) => ({ kind: 'offline', reasonCode, ...block }) as const),
  { kind: 'blocked', reason: 'write-failed', ...block },
  { kind: 'blocked', reason: 'subscription-refused', ...block },
  { kind: 'misconfigured', path: 'broker.url', problem: 'missing' },
  { kind: 'stopped' },
];

it.each(['zh', 'en'])('every state of the link and every refusal has words in %s', (language) => {
  const health = words(language, 'health') as Record<string, Words>;
  for (const state of states) {
    const [, code, params] = brokerLine(state, 5, 'mqtt://127.0.0.1:1883');
    const text = health['broker']![code];
    expect(text, code).toBeTypeOf('string');
    for (const [, name] of (text as string).matchAll(/\{(\w+)\}/g))
      expect(params, code).toHaveProperty(name!);
  }
  for (const code of ['name', 'running', 'quarantined', 'rules_failed'])
    expect(health['ingest']).toHaveProperty(code);
  for (const code of QUARANTINE_CODES) expect(words(language, 'quarantine')).toHaveProperty(code);
});
