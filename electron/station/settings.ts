import type { Setting } from '#contract/system.contract.ts';
import type { Writable } from '#native/sqlite/types.ts';
import { fail } from './errors.ts';
import type { Actor, AuditPort, Tx } from './ports.ts';
import type { Vault } from './vault.ts';

export type SettingValue = string | number | boolean;
/** One setting, declared by the feature that uses it. */
export type SettingDefinition = { key: string; restart?: boolean } & (
  | { kind: 'string' | 'secret'; defaultValue: string; maxLength?: number }
  | { kind: 'number'; defaultValue: number; min: number; max: number }
  | { kind: 'boolean'; defaultValue: boolean }
  | { kind: 'choice'; defaultValue: string; options: string[] }
);
export interface Settings {
  define(...definitions: SettingDefinition[]): void;
  string(key: string): string;
  number(key: string): number;
  boolean(key: string): boolean;
  list(): Setting[];
  /** Secret ones whose stored value was sealed with another key: they count as not set. */
  unreadable(): number;
  /** Validated here, once; the refusal names the key. Audited; a secret's value never is. */
  put(tx: Tx, actor: Actor, key: string, value: unknown): void;
}

function problem(definition: SettingDefinition, value: unknown): string | null {
  if (definition.kind === 'number') {
    if (typeof value !== 'number' || !Number.isFinite(value)) return 'not_a_number';
    return value < definition.min || value > definition.max ? 'out_of_range' : null;
  }
  if (definition.kind === 'boolean') return typeof value === 'boolean' ? null : 'not_a_boolean';
  if (typeof value !== 'string') return 'not_a_string';
  if (definition.kind === 'choice') return definition.options.includes(value) ? null : 'not_an_option';
  return value.length > (definition.maxLength ?? 500) ? 'too_long' : null;
}

/** Settings of the station: defaults in code, changes in the database, secrets sealed. */
export function createSettings(
  db: Writable,
  audit: AuditPort,
  vault: Vault,
  changed: (key: string) => void,
): Settings {
  const definitions = new Map<string, SettingDefinition>();
  const values = new Map<string, SettingValue>();
  const sealedElsewhere = new Set<string>();
  const stored = db.prepare('SELECT value FROM setting WHERE key = ?');
  const of = (key: string) => {
    const definition = definitions.get(key);
    if (!definition) throw new Error(`setting ${key} is not defined`);
    return definition;
  };
  const openSecret = (sealed: string): string | undefined => {
    try {
      return vault.open(sealed);
    } catch {
      return undefined;
    }
  };
  const read = (key: string): SettingValue => values.get(key) ?? of(key).defaultValue;
  return {
    define(...list) {
      for (const definition of list) {
        definitions.set(definition.key, definition);
        const row = stored.get(definition.key) as { value: string } | undefined;
        if (!row) continue;
        const raw = JSON.parse(row.value) as SettingValue;
        const value = definition.kind === 'secret' && raw !== '' ? openSecret(String(raw)) : raw;
        if (value === undefined) {
          sealedElsewhere.add(definition.key);
          continue;
        }
        const wrong = problem(definition, value);
        if (wrong) throw new Error(`setting ${definition.key} in the database is invalid: ${wrong}`);
        values.set(definition.key, value);
      }
    },
    string: (key) => String(read(key)),
    number: (key) => Number(read(key)),
    boolean: (key) => read(key) === true,
    list: () =>
      [...definitions.values()].map((definition) => ({
        key: definition.key,
        value: definition.kind === 'secret' ? '' : read(definition.key),
        defaultValue: definition.kind === 'secret' ? '' : definition.defaultValue,
        kind: definition.kind,
        ...(definition.kind === 'choice' ? { options: definition.options } : {}),
        ...(definition.kind === 'number' ? { min: definition.min, max: definition.max } : {}),
        restart: definition.restart ?? false,
      })),
    unreadable: () => sealedElsewhere.size,
    put(tx, actor, key, value) {
      const definition = definitions.get(key);
      if (!definition) return fail('NOT_FOUND', 'setting.unknown', { key });
      const wrong = problem(definition, value);
      if (wrong) fail('INVALID', 'setting.invalid', { key, problem: wrong });
      const before = read(key);
      const secret = definition.kind === 'secret';
      const toStore = secret && value !== '' ? vault.seal(String(value)) : value;
      tx.db
        .prepare(
          'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        )
        .run(key, JSON.stringify(toStore));
      audit.append(tx, actor, 'setting.put', key, secret ? {} : { before, after: value as SettingValue });
      tx.afterCommit(() => {
        values.set(key, value as SettingValue);
        sealedElsewhere.delete(key);
        changed(key);
      });
    },
  };
}
