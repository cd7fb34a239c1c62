import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorText } from './errors.ts';
import type { Clock } from './types.ts';

/** A retained message as the embedded broker keeps it over restarts. */
export interface RetainedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
}

export interface RetainedStore {
  load(): Promise<RetainedMessage[]>;
  /** An empty payload removes the topic (MQTT 3.1.1 section 3.3.1.3). */
  put(message: RetainedMessage): void;
  flush(): Promise<void>;
  lastError(): string | undefined;
}

interface FileForm {
  readonly version: 1;
  readonly messages: readonly { topic: string; payload: string; qos: 0 | 1 | 2 }[];
}

const saveDelayMs = 1_000;

const isFileForm = (value: unknown): value is FileForm =>
  typeof value === 'object' &&
  value !== null &&
  (value as FileForm).version === 1 &&
  Array.isArray((value as FileForm).messages) &&
  (value as FileForm).messages.every(
    (message) => typeof message?.topic === 'string' && typeof message.payload === 'string',
  );

async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(`${file}.new`, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/**
 * Retained messages (device states) in one JSON file, written a second after a change and on stopping, whole and
 * atomically. A crash may cost the last second of it: the station's own records, not this file, are the proof.
 * @param file undefined keeps nothing.
 */
export function createRetainedStore(file: string | undefined, clock: Clock): RetainedStore {
  const messages = new Map<string, RetainedMessage>();
  let cancelSave: (() => void) | undefined;
  let saving: Promise<void> = Promise.resolve();
  let lastError: string | undefined;

  const save = (): Promise<void> => {
    cancelSave?.();
    cancelSave = undefined;
    if (file === undefined) return Promise.resolve();
    const form: FileForm = {
      version: 1,
      messages: [...messages.values()].map(({ topic, payload, qos }) => ({
        topic,
        payload: payload.toString('base64'),
        qos,
      })),
    };
    saving = saving
      .then(() => writeWhole(file, JSON.stringify(form)))
      .then(
        () => void (lastError = undefined),
        (error: unknown) => void (lastError = errorText(error)),
      );
    return saving;
  };

  return {
    async load() {
      if (file === undefined) return [];
      try {
        const form: unknown = JSON.parse(await readFile(file, 'utf8'));
        if (!isFileForm(form)) throw new SyntaxError('not a list of retained messages');
        for (const { topic, payload, qos } of form.messages)
          messages.set(topic, { topic, payload: Buffer.from(payload, 'base64'), qos });
      } catch (error) {
        // Missing on the first start. Damaged: put aside for whoever wants to look; devices repeat their state.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        lastError = errorText(error);
        await rename(file, `${file}.damaged`).catch(() => {});
      }
      return [...messages.values()];
    },
    put(message) {
      if (message.payload.length === 0) messages.delete(message.topic);
      else messages.set(message.topic, message);
      if (file !== undefined) cancelSave ??= clock.after(saveDelayMs, () => void save());
    },
    async flush() {
      if (cancelSave) await save();
      await saving;
    },
    lastError: () => lastError,
  };
}
