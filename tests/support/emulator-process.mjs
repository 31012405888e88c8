// @ts-check
// The emulator as a process of its own, to be killed: OPTIONS as JSON. It tells its parent once it is ready.
import { startEmulator } from "pulumi-huaweicloud-as/emulator";

const emulator = await startEmulator(JSON.parse(process.argv[2] ?? "{}"));
const hooks = emulator.groups.flatMap((id) =>
  emulator.hooks(id).map((hook) => [hook.lifecycle_hook_name, hook.default_timeout]),
);
process.send?.({ env: emulator.env, hooks });
process.once("disconnect", () => process.exit());
