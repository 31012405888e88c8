import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../sdk/emulator";

/** Starts an emulator for each test, with options made for it, and closes it afterwards. */
export function emulatorOfEachTest(options: () => EmulatorOptions = () => ({})): Emulator {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator(options());
  });
  afterEach(() => emulator.close());
  return standIn(() => emulator);
}

/** Starts an emulator that the tests of a file share; each begins without hooks, busy groups, interceptors and requests. */
export function emulatorOfFile(options: EmulatorOptions = {}): Emulator {
  let emulator: Emulator;
  const stops: (() => void)[] = [];
  beforeAll(async () => {
    emulator = await startEmulator(options);
  });
  afterAll(() => emulator.close());
  beforeEach(() => {
    for (const group of emulator.groups) {
      emulator.setBusy(group, false);
      for (const hook of emulator.hooks(group)) emulator.removeHook(group, hook.lifecycle_hook_name);
    }
    emulator.clearRequests();
  });
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });
  return standIn(() => ({
    ...emulator,
    intercept(interceptor) {
      const stop = emulator.intercept(interceptor);
      stops.push(stop);
      return stop;
    },
  }));
}

/** Stands for an emulator that is started later. */
function standIn(current: () => Emulator): Emulator {
  return new Proxy({} as Emulator, { get: (_, name) => Reflect.get(current(), name) });
}
