import { ConfiguredClients } from "../../provider/core/clients";
import type { Context, RunClock } from "../../provider/core/context";
import { Ownership } from "../../provider/core/ownership";
import { readSettings } from "../../provider/core/settings";
import { specificationLimits } from "../../sdk/api/limits";
import type { Emulator } from "../../sdk/emulator";

/** The context of an operation of the core, with a real client of an emulator, and what it said meanwhile. */
export function contextOf(
  emulator: Emulator,
  clock: RunClock,
  options: { readonly timeout?: number; readonly config?: Readonly<Record<string, string>> } = {},
): Context & { readonly said: string[] } {
  const config: Readonly<Record<string, string>> = { projectId: emulator.projectId, ...options.config };
  const settings = readSettings((key) => config[key], { ...emulator.env });
  const said: string[] = [];
  return {
    clients: new ConfiguredClients(settings, clock),
    clock,
    isAbandoned: async () => false,
    ownership: new Ownership(specificationLimits.maxHooksPerGroup),
    timeout: options.timeout ?? 600_000,
    log: async (message) => {
      said.push(message);
    },
    said,
  };
}
