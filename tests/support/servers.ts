import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";

/** A request as a server got it. */
interface Received {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When it was there, by `performance.now()`. */
  readonly at: number;
}

/** A server on 127.0.0.1 that is listening; leaving the scope closes it with all its connections. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** How many connections were made so far. */
  readonly connections: number;
}

/** An HTTP server that keeps what it is asked. */
export interface HttpServer extends TestServer {
  readonly requests: readonly Received[];
}

type Handler = (response: ServerResponse, request: Received, count: number) => unknown;

/** `count` is 0 for the first request. */
export async function startHttpServer(handler: Handler): Promise<HttpServer> {
  const requests: Received[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    // A client that gives up in the middle is part of many a test.
    incoming.on("error", () => {});
    response.on("error", () => {});
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url: path = "", headers } = incoming;
      const request = {
        method,
        path,
        headers,
        body: Buffer.concat(chunks).toString(),
        at: performance.now(),
      };
      requests.push(request);
      handler(response, request, requests.length - 1);
    });
  });
  return Object.assign(await listening(server), { requests });
}

/** A TCP server that does with each connection what it is told. */
export async function startTcpServer(serve: (socket: Socket) => void): Promise<TestServer> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    serve(socket);
  });
  return listening(server);
}

/** Answers with JSON. */
export function answer(response: ServerResponse, status: number, body?: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
}

/** Answers the first requests as given, or lets their connection end without an answer, and succeeds from then on. */
export function firstly(
  ...answers: readonly ("lost" | readonly [status: number, body?: unknown, headers?: object])[]
): Handler {
  return (response, _request, count) => {
    const next = answers[count] ?? [200, {}];
    if (next === "lost") response.destroy();
    else answer(response, ...next);
  };
}

/** The same answer to each request. */
export const always =
  (status: number, body?: unknown, headers = {}): Handler =>
  (response) =>
    answer(response, status, body, headers);

/** Auto Scaling with a group that has no hooks. */
export const noHooks = always(200, { lifecycle_hooks: [] });

async function listening(server: Server | TcpServer): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
