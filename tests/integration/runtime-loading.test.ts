import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** What a process has loaded, of the packages that take long to load. zod has become part of a file of ours. */
async function loadedAfter(code: string): Promise<string[]> {
  const report = `
    const { readFileSync } = require("node:fs");
    const files = Object.keys(require.cache);
    const loaded = ["undici", "@pulumi/pulumi"].filter((name) => files.some((file) => file.includes("/node_modules/" + name + "/")));
    if (files.some((file) => /ZodMini|[/]node_modules[/]zod[/]/.test(file + readFileSync(file)))) loaded.push("zod");
    console.log(JSON.stringify(loaded));
  `;
  const script = `(async () => { ${code}; ${report} })()`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
  return JSON.parse(stdout);
}

const configured = `
  const provider = require("pulumi-huaweicloud-as/runtime");
  await provider.configure({ config: { get: () => undefined } });
`;
const hook = JSON.stringify({ scalingGroupId: "group", lifecycleHookType: "INSTANCE_LAUNCHING" });

test("check and diff load neither the HTTP client nor the schemas", async () => {
  expect(
    await loadedAfter(
      `${configured} await provider.check({}, ${hook}); await provider.diff("", ${hook}, ${hook})`,
    ),
  ).toEqual([]);
});

test("the client loads undici and the schemas, and nothing of Pulumi", async () => {
  expect(await loadedAfter(`require("pulumi-huaweicloud-as/sdk")`)).toEqual(["undici", "zod"]);
});

test("the emulator loads none of them", async () => {
  expect(
    await loadedAfter(`await (await require("pulumi-huaweicloud-as/emulator").startEmulator()).close()`),
  ).toEqual([]);
});
