import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { broadcastContract } from '#contract/broadcast.contract.ts';
import { convertToWav } from '#native/audio/convert.ts';
import { durationMs, readWav } from '#native/audio/wav.ts';
import { fail } from '#station/errors.ts';
import type { Actor, StationPorts } from '#station/ports.ts';
import { audioRefusal } from './audio-refusal.ts';
import * as store from './messages.store.ts';

export type AudioMessage = InferContractRouterOutputs<typeof broadcastContract>['messages'][number];

/** Sounds that come with the program and may be broadcast as they are. The console words them by id. */
const BUILT_IN = ['attention', 'chime-in', 'test-tone'] as const;

export interface MessagesOptions {
  ffmpegPath: () => string;
  /** True while a broadcast plays or waits to play this message. */
  inUse: (messageId: string) => boolean;
}

/** The library of recorded messages: WAV files in `<data>/messages`, their facts in the database. */
export function createMessages(ports: StationPorts, options: MessagesOptions) {
  const { db, write, audit, paths } = ports;
  const folder = path.join(paths.data, 'messages');
  mkdirSync(folder, { recursive: true });
  const builtInFile = (id: string) => path.join(paths.resources, 'sounds', `${id}.wav`);
  const fileOf = (id: string) => path.join(folder, `${id}.wav`);

  const find = (id: string) => store.listMessages(db).find((message) => message.id === id);

  return {
    async list(): Promise<AudioMessage[]> {
      const builtIn = BUILT_IN.map(async (id) => {
        const pcm = await readWav(builtInFile(id)).catch(() => null);
        return pcm ? [{ id, title: id, durationMs: durationMs(pcm), builtIn: true }] : [];
      });
      const own = store
        .listMessages(db)
        .map(({ id, title, durationMs: length }) => ({ id, title, durationMs: length, builtIn: false }));
      return [...(await Promise.all(builtIn)).flat(), ...own];
    },

    /** Title and file of a message. @throws StationError NOT_FOUND broadcast.unknown_message */
    locate(id: string): { title: string; file: string } {
      if (BUILT_IN.some((name) => name === id)) return { title: id, file: builtInFile(id) };
      const message = find(id) ?? fail('NOT_FOUND', 'broadcast.unknown_message', { messageId: id });
      return { title: message.title, file: fileOf(id) };
    },

    /** Takes a sound file in, whatever its format. @throws StationError INVALID audio.* with the reason. */
    async import(
      actor: Actor,
      input: { title: string; fileName: string; base64: string },
    ): Promise<AudioMessage> {
      const bytes = Buffer.from(input.base64, 'base64');
      const id = ports.newId();
      // The name that a person gave is shown and never used as a path.
      const raw = path.join(folder, `${id}-${randomUUID()}.import`);
      const draft = `${raw}.wav`;
      try {
        await writeFile(raw, bytes);
        const { wav, durationMs: length } = await convertToWav(options.ffmpegPath(), raw);
        await writeFile(draft, wav);
        await rename(draft, fileOf(id));
        const message = {
          id,
          title: input.title,
          fileName: path.basename(input.fileName),
          durationMs: length,
          sizeBytes: wav.length,
          sha256: createHash('sha256').update(wav).digest('hex'),
          importedBy: actor.name,
          importedAtMs: ports.clock.nowMs(),
        };
        write((tx) => {
          store.insertMessage(tx.db, message);
          const { title, fileName, sha256 } = message;
          audit.append(tx, actor, 'broadcast.message_import', id, {
            title,
            fileName,
            durationMs: length,
            sha256,
          });
        });
        return { id, title: input.title, durationMs: length, builtIn: false };
      } catch (error) {
        rmSync(fileOf(id), { force: true });
        throw audioRefusal(error, { file: input.fileName });
      } finally {
        await rm(raw, { force: true });
        await rm(draft, { force: true });
      }
    },

    /** @throws StationError NOT_FOUND, or CONFLICT while it is being broadcast or if it came with the program. */
    delete(actor: Actor, id: string): void {
      if (BUILT_IN.some((name) => name === id))
        fail('CONFLICT', 'broadcast.message_built_in', { messageId: id });
      if (options.inUse(id)) fail('CONFLICT', 'broadcast.message_in_use', { messageId: id });
      const message = find(id) ?? fail('NOT_FOUND', 'broadcast.unknown_message', { messageId: id });
      write((tx) => {
        store.markDeleted(tx.db, id, tx.nowMs);
        audit.append(tx, actor, 'broadcast.message_delete', id, {
          title: message.title,
          sha256: message.sha256,
        });
        tx.afterCommit(() => rmSync(fileOf(id), { force: true }));
      });
    },
  };
}
export type Messages = ReturnType<typeof createMessages>;
