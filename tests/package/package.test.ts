import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import manifest from "../../package.json";
import { activationProviderText, providerText } from "../../provider/provider-text";

/** The package as npm would publish it, installed in a project elsewhere. */

const run = promisify(execFile);
const repository = process.cwd();
let folder: string;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-consumer-"));
  // Without scripts: what runs the tests has built dist/, and other tests are using it.
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const packed = JSON.parse((await run("npm", pack, { cwd: repository })).stdout);
  const [tarball] = Array.isArray(packed) ? packed : Object.values(packed);
  files = tarball.files.map(({ path }: { path: string }) => path);
  const modules = join(folder, "node_modules");
  const installed = join(modules, manifest.name);
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", join(folder, tarball.filename), "-C", installed, "--strip-components=1"]);
  // What npm would install beside it: what the manifest asks for, and no more.
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(repository, "node_modules", name), join(modules, name), "junction");
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a script in the consumer's project and answers what it printed. */
async function script(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return (await run(process.execPath, [name], { cwd: folder })).stdout.trim();
}

describe("the package", () => {
  test("holds the built code, its types and the documents, and nothing of the workshop", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "package.json",
        "dist/provider/index.js",
        "dist/provider/index.d.ts",
        "dist/provider/runtime.js",
        "dist/sdk/index.js",
        "dist/sdk/emulator/cli.js",
        "dist/sdk/cli/main.js",
        "dist/THIRD-PARTY-LICENSES",
      ]),
    );
    expect(files.filter((file) => /^(tests|tools|examples|sdk|provider|dist\/\.)/.test(file))).toEqual([]);
  });

  test("names the licence of what has become part of it, which is zod alone", async () => {
    const licences = await readFile(join(repository, "dist", "THIRD-PARTY-LICENSES"), "utf8");
    const zod = await readFile(join(repository, "node_modules", "zod", "LICENSE"), "utf8");
    expect(licences).toBe(`zod\n\n${zod}`);
  });

  test("is usable from CommonJS", async () => {
    const printed = await script(
      "use.cjs",
      `const { LifecycleHook, Provider } = require("pulumi-huaweicloud-as");
       const { AutoScalingClient } = require("pulumi-huaweicloud-as/sdk");
       const { startEmulator } = require("pulumi-huaweicloud-as/emulator");
       const { createLifecycleHandler } = require("pulumi-huaweicloud-as/handler");
       console.log([LifecycleHook, Provider, AutoScalingClient, startEmulator, createLifecycleHandler].map((one) => typeof one).join());`,
    );
    expect(printed).toBe("function,function,function,function,function");
  });

  test("is usable from ESM, by name", async () => {
    const printed = await script(
      "use.mjs",
      `import { LifecycleHook, Provider } from "pulumi-huaweicloud-as";
       import { AutoScalingClient } from "pulumi-huaweicloud-as/sdk";
       import { startEmulator } from "pulumi-huaweicloud-as/emulator";
       const emulator = await startEmulator();
       const client = new AutoScalingClient({
         region: emulator.region,
         endpoint: emulator.url,
         iamEndpoint: emulator.url,
         credentials: { accessKey: emulator.accessKey, secretKey: emulator.secretKey },
       });
       console.log(typeof LifecycleHook, typeof Provider, (await client.lifecycleHooks.list(emulator.groups[0])).length);
       await client.close();
       await emulator.close();`,
    );
    expect(printed).toBe("function function 0");
  });

  test.each([providerText, activationProviderText])(
    "finds itself from the text in the state: %s",
    async (text) => {
      const printed = await script(
        "state.cjs",
        `const exported = {};
       new Function("exports", "require", ${JSON.stringify(text)})(exported, require);
       console.log(Object.keys(exported.handler()).sort().join());`,
      );
      expect(printed).toBe("check,configure,create,delete,diff,read,update");
    },
  );

  test.each([
    ["nodenext", "nodenext", []],
    ["commonjs", "node10", ["--ignoreDeprecations", "6.0"]],
    ["esnext", "bundler", []],
  ])("has types for module %s with resolution %s", async (module, moduleResolution, more) => {
    const file = `types-${moduleResolution}.ts`;
    await writeFile(
      join(folder, file),
      `import { LifecycleHook } from "pulumi-huaweicloud-as";
       import { AutoScalingClient, type LifecycleHook as Described } from "pulumi-huaweicloud-as/sdk";
       import { startEmulator } from "pulumi-huaweicloud-as/emulator";
       import { createLifecycleHandler, type Work } from "pulumi-huaweicloud-as/handler";
       export const handle = (client: AutoScalingClient, onLaunching: Work) =>
         createLifecycleHandler({ client, groups: ["g"], onLaunching });
       export const hook = new LifecycleHook("drain", {
         scalingGroupId: "group",
         lifecycleHookType: "INSTANCE_TERMINATING",
         notificationTopicUrn: "urn",
       });
       // @ts-expect-error: the type is one of two
       new LifecycleHook("drain", { scalingGroupId: "g", notificationTopicUrn: "urn", lifecycleHookType: "LAUNCHING" });
       export async function nameOf(client: AutoScalingClient): Promise<number> {
         // @ts-expect-error: types that come from the schemas are known, too
         return (await client.lifecycleHooks.get("g", "drain")).lifecycleHookName;
       }
       export async function list(client: AutoScalingClient): Promise<Described[]> {
         await using emulator = await startEmulator();
         return client.lifecycleHooks.list(emulator.groups[0] ?? "");
       }`,
    );
    const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
    const options =
      "--noEmit --strict --target es2022 --lib es2022,esnext.disposable --types node --skipLibCheck";
    const resolution = ["--module", module, "--moduleResolution", moduleResolution, ...more];
    const call = run(process.execPath, [compiler, ...options.split(" "), ...resolution, file], {
      cwd: folder,
    });
    expect((await call.catch((failure: { stdout: string }) => failure)).stdout).toBe("");
  });
});
