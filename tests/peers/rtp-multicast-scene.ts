/**
 * Sends a sound to a multicast group and hears it, alone in a network namespace whose only interface is loopback, so
 * that nothing reaches a real network. Usage: node rtp-multicast-scene.ts <wav>; prints one JSON line.
 */
import { createRtpOut } from '#native/audio/rtp-out.ts';
import { continuity, decodeG711, startRtpReceiver, toneShare } from '#tests/peers/rtp-receiver.ts';

const GROUP = '239.255.40.1';
const file = process.argv[2] ?? '';
const receivers = [await startRtpReceiver({ group: GROUP, port: 5004 })];
// A second listener of the same group: what multicast is for.
receivers.push(await startRtpReceiver({ group: GROUP, port: 5004 }));

const out = createRtpOut({ ffmpegPath: () => 'ffmpeg' });
const events: string[] = [];
const programme = { lead: [], body: [{ file, gapMs: 0 }], rounds: 1, tail: [] };
const target = { id: 'hall', host: GROUP, port: 5004, codec: 'pcma', ttl: 4 } as const;
await out.play(programme, [target], (event) => {
  events.push(event.type === 'failed' ? event.error.message : event.type);
}).finished;
await Promise.all(receivers.map((receiver) => receiver.untilQuiet()));
const heard = receivers.map(({ packets }) => ({
  packets: packets.length,
  ...continuity(packets),
  payloadTypes: [...new Set(packets.map((packet) => packet.payloadType))],
  share: toneShare(decodeG711(packets), 1000),
}));
console.log(JSON.stringify({ events, heard }));
await Promise.all([out.close(), ...receivers.map((receiver) => receiver.close())]);
