import { afterAll, beforeAll, onTestFailed, test } from "vitest";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { fleetOf, pairwise } from "./fleet";
import { HostDriver } from "./host-driver";
import { laws } from "./laws";

/** The laws through the dynamic-provider host, for every pair of properties' values, and some of all combinations. */

const seed = Number(process.env.LAWS_SEED ?? Date.now() % 1_000_000);
const chosen = pairwise(30, seed);
const groups = chosen.map((_, index) => `group-${index}`);
const fleet = fleetOf(chosen, groups);
let emulator: Emulator;
let driver: HostDriver;

beforeAll(async () => {
  emulator = await startEmulator({ groups });
  driver = await HostDriver.start(emulator);
});
afterAll(() => emulator.close());

test.for(laws)("$title", { timeout: 60_000 }, async (law) => {
  onTestFailed(() => console.error(`LAWS_SEED=${seed} chooses these hooks again`));
  await law.run(driver, fleet);
});
