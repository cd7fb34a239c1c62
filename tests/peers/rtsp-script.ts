import { createServer, type AddressInfo, type Socket } from 'node:net';
import { RtspParser, type RtspRequest } from '#native/rtsp/server-message.ts';

/** One connection of a scripted camera. */
export interface ScriptedConnection {
  /** Writes whatever it is. */
  write(data: string | Buffer): void;
  /** Media on an interleaved channel. */
  packet(channel: number, data: Buffer): void;
  close(): void;
}

/** An answer: status, headers, body. A string is written as it is; undefined: nothing is answered. */
export type ScriptedAnswer =
  { status: number; headers?: Record<string, string | string[]>; body?: string } | string | undefined;

export interface ScriptedCamera {
  port: number;
  url: string;
  /** Everything asked so far, as "METHOD uri". */
  asked: string[];
  requests: RtspRequest[];
  /** First lines of what was answered to the camera's own requests. */
  answers: string[];
  open(): number;
  stop(): Promise<void>;
}

/** A camera whose every answer the test decides: for the manners of devices that no server program has. */
export async function startScriptedCamera(
  answer: (request: RtspRequest, connection: ScriptedConnection) => ScriptedAnswer,
): Promise<ScriptedCamera> {
  const sockets = new Set<Socket>();
  const requests: RtspRequest[] = [];
  const answers: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const parser = new RtspParser();
    const connection: ScriptedConnection = {
      write: (data) => void socket.write(data),
      packet(channel, data) {
        const head = Buffer.from([0x24, channel, data.length >> 8, data.length & 255]);
        socket.write(Buffer.concat([head, data]));
      },
      close: () => socket.destroy(),
    };
    socket.on('data', (chunk) => {
      for (const input of parser.push(withoutAnswers(chunk, answers))) {
        if (input.kind !== 'request') continue;
        requests.push(input.request);
        const reply = answer(input.request, connection);
        if (reply !== undefined)
          socket.write(typeof reply === 'string' ? reply : textOf(reply, input.request));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, url: `rtsp://127.0.0.1:${port}/cam`, requests, answers },
    get asked() {
      return requests.map(({ method, uri }) => `${method} ${uri.replace(`rtsp://127.0.0.1:${port}`, '')}`);
    },
    open: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The client's answers are small and come whole at the beginning of a chunk. */
function withoutAnswers(chunk: Buffer, answers: string[]): Buffer {
  let rest = chunk;
  while (rest.subarray(0, 5).toString('latin1') === 'RTSP/') {
    const end = rest.indexOf('\r\n\r\n') + 4;
    answers.push(rest.toString('latin1', 0, rest.indexOf('\r\n')));
    rest = rest.subarray(end);
  }
  return rest;
}

function textOf(reply: Exclude<ScriptedAnswer, string | undefined>, request: RtspRequest): string {
  const lines = [`RTSP/1.0 ${reply.status} Any`, `CSeq: ${request.headers.get('cseq')}`];
  for (const [name, values] of Object.entries(reply.headers ?? {}))
    for (const value of [values].flat()) lines.push(`${name}: ${value}`);
  if (reply.body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(reply.body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${reply.body ?? ''}`;
}
