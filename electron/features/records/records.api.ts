import { rpc } from '#station/rpc.ts';
import type { StationPorts } from '#station/ports.ts';
import type { Records } from './records.service.ts';

/** The contract's `records`. An export is on the audit: it takes records out of the station. */
export function recordsApi(records: Records, { write, audit }: Pick<StationPorts, 'write' | 'audit'>) {
  return {
    search: rpc.records.search.handler(({ input }) => records.search(input)),
    exportCsv: rpc.records.exportCsv.handler(async function* ({ input, context, signal }) {
      const { text, kinds, language, fromMs = null, toMs = null, deviceId = null, priority = null } = input;
      const params = { text, kinds, language, fromMs, toMs, deviceId, priority };
      write((tx) => audit.append(tx, context.actor, 'records.export', null, params));
      yield* records.exportCsv(input, signal);
    }),
  };
}
