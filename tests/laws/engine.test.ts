import { afterAll, beforeAll, test } from "vitest";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { EngineDriver } from "./engine-driver";
import { covering, fleetOf } from "./fleet";
import { laws } from "./laws";

/** The laws through the real engine, in one pass. */

let emulator: Emulator;
let driver: EngineDriver;

beforeAll(async () => {
  emulator = await startEmulator();
  driver = await EngineDriver.start(emulator);
});
afterAll(async () => {
  await driver[Symbol.asyncDispose]();
  await emulator.close();
});

/** A full group: hooks that have each value of each property among them. */
const chosen = covering(5);

test.for(laws)("$title", async (law) => {
  await law.run(driver, fleetOf(chosen, emulator.groups));
});
