// The guided tour: `npm start`.
import process from "node:process";
import { ensureBuilt } from "../setup/build.mts";
import { fail, Interrupted } from "../setup/child.mjs";

const stop = new AbortController();
const interrupt = (signal: NodeJS.Signals) => {
  if (stop.signal.aborted) process.exit(new Interrupted(signal).exitCode);
  stop.abort(new Interrupted(signal));
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
// `npm start | head` wants no more output.
process.stdout.once("error", () => stop.abort(new Interrupted("SIGPIPE")));

try {
  await ensureBuilt();
  // Imported late: the tour loads dist/, and both load @pulumi/pulumi, which takes half a second.
  const { ensureEngine } = await import("../setup/engine.mts");
  await ensureEngine();
  const { tour } = await import("./tour.mts");
  const { steps } = await import("./steps.mts");
  stop.signal.addEventListener("abort", () => console.log("Stopping Pulumi. Press ^C again to kill it."));
  process.exitCode = (await tour(steps, stop.signal)) ? 0 : 1;
} catch (error) {
  fail(error, "Stopped. Nothing is left behind.");
}
