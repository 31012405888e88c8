import { afterAll, beforeAll, test } from "vitest";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { combinations, fleetOf } from "./fleet";
import { HostDriver } from "./host-driver";
import { laws } from "./laws";

/** The laws through the dynamic-provider host, for every combination of properties. */

let emulator: Emulator;
let driver: HostDriver;
const groups = combinations.map((_, index) => `group-${index}`);

beforeAll(async () => {
  emulator = await startEmulator({ groups });
  driver = await HostDriver.start(emulator);
});
afterAll(async () => {
  await driver[Symbol.asyncDispose]();
  await emulator.close();
});

const fleet = fleetOf(combinations, groups);

test.for(laws)("$title", { timeout: 60_000 }, async (law) => {
  await law.run(driver, fleet);
});
