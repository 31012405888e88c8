#!/usr/bin/env node
import { setTimeout as sleep } from "node:timers/promises";
import type { HangingInstance } from "../api/schemas";
import { AutoScalingClient } from "../client";
import { isAutoScalingError } from "../errors/errors";
import { version } from "../version";
import { type CliRequest, cliRequest, hangingTable, hooksTable, UsageError, usage } from "./command-line";

/**
 * The command `huaweicloud-as`. Exit codes: 0 when it did what it was asked, 1 when it could not, 2 when the command line
 * can't be understood.
 */
async function main(args: readonly string[]): Promise<void> {
  const request = cliRequest(args, process.env);
  if (request.kind === "help") return print(usage);
  if (request.kind === "version") return print(`${version}\n`);
  const { region } = request;
  if (region === undefined || region === "") {
    throw new UsageError("which region? Give --region, or set HW_REGION_NAME");
  }
  await using client = new AutoScalingClient({ region });
  await run(request, client);
}

async function run(
  request: Exclude<CliRequest, { kind: "help" | "version" }>,
  client: AutoScalingClient,
): Promise<void> {
  const show = (value: unknown, text: string) => print(request.json ? `${JSON.stringify(value)}\n` : text);
  switch (request.kind) {
    case "hooks": {
      const hooks = await client.lifecycleHooks.list(request.group);
      return show(hooks, hooksTable(hooks));
    }
    case "hanging": {
      const groups =
        request.group === undefined
          ? (await client.scalingGroups.list()).map(({ scalingGroupId }) => scalingGroupId)
          : [request.group];
      const lists = await Promise.all(groups.map((group) => hanging(client, group)));
      return show(lists.flat(), hangingTable(lists.flat(), Date.now()));
    }
    case "watch":
      return watch(request, client);
    case "complete": {
      const found = (await hanging(client, request.group, request.instance)).filter(
        ({ lifecycleHookName }) => lifecycleHookName === (request.hook ?? lifecycleHookName),
      );
      const [one] = found;
      if (one === undefined) throw new Error(`instance ${request.instance} hangs on no such hook`);
      if (found.length > 1) {
        const names = found.map(({ lifecycleHookName }) => lifecycleHookName).join(", ");
        throw new UsageError(`instance ${request.instance} hangs on ${names}: name one with --hook`);
      }
      const { lifecycleActionKey, lifecycleHookName: hook } = one;
      const { instance, result } = request;
      await client.hangingInstances.complete(request.group, {
        lifecycleActionKey,
        lifecycleActionResult: result,
      });
      return show({ instance, hook, result }, `${instance} on ${hook}: ${result}\n`);
    }
  }
}

/** Looks again and again, until it is interrupted; a failure of the service is shown and ends nothing. */
async function watch(
  { group, interval, json }: Extract<CliRequest, { kind: "watch" }>,
  client: AutoScalingClient,
): Promise<void> {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
  process.stdout.on("error", () => ending.abort());
  const isScreen = process.stdout.isTTY === true && !json;
  while (!ending.signal.aborted) {
    let found: readonly HangingInstance[] = [];
    let trouble = "";
    try {
      found = await hanging(client, group);
    } catch (error) {
      if (!isAutoScalingError(error) || !error.retryable) throw error;
      trouble = `${error.message}\n`;
    }
    // On a screen the time left goes down each second, without a request.
    for (let passed = 0; passed < interval && !ending.signal.aborted; passed += 1000) {
      const now = Date.now();
      const text = trouble || (json ? `${JSON.stringify(found)}\n` : hangingTable(found, now));
      if (isScreen) print(`\u001b[H\u001b[2J${new Date(now).toISOString()}  ${group}\n\n${text}`);
      else if (passed === 0) print(text);
      await sleep(Math.min(1000, interval - passed), undefined, { signal: ending.signal }).catch(() => {});
    }
  }
}

async function hanging(
  client: AutoScalingClient,
  group: string,
  instanceId?: string,
): Promise<HangingInstance[]> {
  const all = await client.hangingInstances.list(group, { instanceId });
  return all.filter(({ lifecycleHookStatus }) => lifecycleHookStatus === "HANGING");
}

function print(text: string): void {
  process.stdout.write(text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`huaweicloud-as: ${message}\n${isUsage ? `\n${usage}` : ""}`);
  process.exitCode = isUsage ? 2 : 1;
});
