import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.mts";
import { bytes, compared } from "../figure.mts";
import { Helper } from "../helper.mts";
import { inTurns } from "../statistics.mts";
import type { CallsQuestion, ClientKind, InFlightQuestion } from "./client-process.mts";
import type { RawServerQuestion } from "./raw-server.mts";

const clientProcess = new URL("./client-process.mts", import.meta.url);
const rawServer = new URL("./raw-server.mts", import.meta.url);

/** How many calls are under way when the memory is read: as many as the client has connections. */
const inFlight = 100;

export const memory: Bench = {
  name: "sdk/memory",
  about: `the memory of a call in flight, with ${inFlight} of them`,
  async run({ thoroughness }) {
    await using server = await Helper.start(rawServer);
    const endpoint = `http://127.0.0.1:${await server.ask<number>({})}`;
    const used = await inTurns(Math.ceil(3 * thoroughness), {
      ours: () => bytesPerCall(server, "ours", endpoint),
      vendor: () => bytesPerCall(server, "vendor", endpoint),
      undici: () => bytesPerCall(server, "undici", endpoint),
    });
    return [
      compared("memory of a call in flight, beside the vendor's client", [used.ours, used.vendor], bytes, {
        atMost: 1,
      }),
      compared("memory of a call in flight, beside bare undici", [used.ours, used.undici], bytes),
    ];
  },
};

/** In a new process each time: memory that was used once is not given back. */
async function bytesPerCall(server: Helper, kind: ClientKind, endpoint: string): Promise<number> {
  await using client = await Helper.start(clientProcess, [kind, endpoint], { execArgv: ["--expose-gc"] });
  // So many that our client has learnt to have that many under way.
  await client.ask<number>({ calls: 2 * inFlight, atOnce: 32 } satisfies CallsQuestion);
  const before = await client.ask<number>({ begin: 0 } satisfies InFlightQuestion);
  await server.ask<number>({ hold: true } satisfies RawServerQuestion);
  await client.ask<number>({ begin: inFlight } satisfies InFlightQuestion);
  while ((await server.ask<number>({ hold: true } satisfies RawServerQuestion)) < inFlight) await sleep(10);
  const during = await client.ask<number>({ begin: 0 } satisfies InFlightQuestion);
  await server.ask<number>({ hold: false } satisfies RawServerQuestion);
  await client.ask<number>({ finish: true } satisfies InFlightQuestion);
  return (during - before) / inFlight;
}
