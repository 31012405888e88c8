import { type EmulatorOptions, ManualClock } from "../../sdk/emulator";
import { emulatorOfEachTest } from "./emulator";
import { type CallOptions, call } from "./emulator-calls";

/** Starts an emulator for each test, on which time passes only when the test lets it. */
export function emulatorInTestTime(options: EmulatorOptions = {}) {
  let clock: ManualClock;
  const emulator = emulatorOfEachTest(() => {
    clock = new ManualClock(Date.parse("2026-01-02T03:04:05Z"));
    return { clock, ...options };
  });
  return {
    emulator,
    /** Lets so many milliseconds pass. */
    advance: (milliseconds: number) => clock.advance(milliseconds),
    /** Sends a request that is signed at the emulator's time, to the test's emulator or to another on its clock. */
    ask: (method: string, path: string, { body, query, ...more }: CallOptions = {}, to = emulator) =>
      call(to, method, path, { body, ...(query ? { query } : {}), date: new Date(clock.now()), ...more }),
    /** For further emulators. */
    clock: () => clock,
  };
}
