import { startIngestStation } from '#tests/fixtures/ingest-station.ts';

/** A station process to be killed: `node ingest-station-main.ts <data folder> <settings as JSON>`. Says `online` when it is. */
const [dataDir, settings] = process.argv.slice(2);
const station = await startIngestStation(dataDir!, JSON.parse(settings!) as Record<string, string>);
const say = () => {
  if (station.link.state().kind === 'online') process.stdout.write('online\n');
};
station.link.onState(say);
say();
// The station's own timers do not keep a process alive; its host does.
setInterval(() => {}, 60_000);
process.on('SIGTERM', () => void station.stop().then(() => process.exit(0)));
