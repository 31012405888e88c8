import type { Bench } from "../bench.mts";
import { compared, type Figure, perSecond } from "../figure.mts";
import { Helper } from "../helper.mts";
import { inTurns } from "../statistics.mts";
import type { CallsQuestion } from "./client-process.mts";

const clientProcess = new URL("./client-process.mts", import.meta.url);
const rawServer = new URL("./raw-server.mts", import.meta.url);

/** How many at a time, how many make a measurement, and the least share of what bare undici reaches. */
const loads = [
  { atOnce: 1, calls: 300, limit: 0.8 },
  { atOnce: 32, calls: 1_500, limit: 0.65 },
];

export const throughput: Bench = {
  name: "sdk/throughput",
  about: "POSTs to one local server, all that a client does included",
  async run({ thoroughness }) {
    await using server = await Helper.start(rawServer);
    const endpoint = `http://127.0.0.1:${await server.ask<number>({})}`;
    await using ours = await Helper.start(clientProcess, ["ours", endpoint]);
    await using undici = await Helper.start(clientProcess, ["undici", endpoint]);
    await using vendor = await Helper.start(clientProcess, ["vendor", endpoint]);
    await server.stayOn(0);
    for (const client of [ours, undici, vendor]) await client.stayOn(1);

    const figures: Figure[] = [];
    for (const { atOnce, calls, limit } of loads) {
      const rate = (client: Helper, count: number) => async () =>
        count / (await client.ask<number>({ calls: count, atOnce } satisfies CallsQuestion));
      const measurements = {
        ours: rate(ours, calls),
        undici: rate(undici, calls),
        vendor: rate(vendor, calls / 5),
      };
      for (let warmUp = 0; warmUp < 20; warmUp++) await inTurns(1, measurements);
      const rates = await inTurns(Math.ceil(30 * thoroughness), measurements);
      figures.push(
        compared(`POSTs, ${atOnce} at a time, beside bare undici`, [rates.ours, rates.undici], perSecond, {
          atLeast: limit,
        }),
        compared(
          `POSTs, ${atOnce} at a time, the vendor's client beside bare undici`,
          [rates.vendor, rates.undici],
          perSecond,
        ),
      );
    }
    return figures;
  },
};
