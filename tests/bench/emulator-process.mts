// The local AS API in a process of its own, as the real one would be: OPTIONS as JSON.
import process from "node:process";
import { type EmulatorOptions, type HookPatch, startEmulator } from "pulumi-huaweicloud-as/emulator";
import { answerQuestions } from "./helper.mts";

/** What can be asked: how to reach it, to empty all groups, which requests there were since last asked, and more. */
export type EmulatorQuestion =
  | { readonly want: "place" | "empty" | "requests" | "memory" }
  | { readonly want: "hook"; readonly hook: HookPatch };

export interface EmulatorPlace {
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly projectId: string;
}

/** How many requests there were, by method, and how many of all were refused for coming too fast. */
export type RequestCounts = Readonly<
  Record<"POST" | "GET" | "PUT" | "DELETE" | "refused" | "projects", number>
>;

const options: EmulatorOptions = JSON.parse(process.argv[2] ?? "{}");
const emulator = await startEmulator(options);

answerQuestions((question: EmulatorQuestion): EmulatorPlace | RequestCounts | number | undefined => {
  const { want } = question;
  if (want === "hook") {
    emulator.putHook(emulator.groups[0] ?? "", question.hook);
    return undefined;
  }
  if (want === "memory") {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  }
  if (want === "empty") {
    for (const group of emulator.groups) {
      for (const { lifecycle_hook_name } of emulator.hooks(group))
        emulator.removeHook(group, lifecycle_hook_name);
    }
  }
  if (want === "place") {
    const { env, url, projectId } = emulator;
    return { env: env as EmulatorPlace["env"], url, projectId };
  }
  const counts = { POST: 0, GET: 0, PUT: 0, DELETE: 0, refused: 0, projects: 0 };
  for (const { method, path, status } of emulator.requests) {
    if (path.startsWith("/v3/projects")) counts.projects++;
    else if (status === 429) counts.refused++;
    else counts[method as "POST"]++;
  }
  emulator.clearRequests();
  return counts;
});
