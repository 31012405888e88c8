import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { steps } from "../../tools/tour/steps.mts";
import { processesWith } from "../support/processes";

/** The guided tour of `npm start`, with its output piped. */

const cleanUps: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(cleanUps.map((cleanUp) => cleanUp())));

/** Starts a tour whose temporary files go into a folder, which is how its processes are known as well. */
async function startTour(onPrint: (printed: string, child: ChildProcess) => void = () => undefined) {
  const temporary = await mkdtemp(join(tmpdir(), "tour-test-"));
  const child = spawn(process.execPath, [join(__dirname, "../../tools/tour/main.mts")], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      onPrint(output, child);
    });
  }
  const closed = once(child, "close");
  cleanUps.push(async () => {
    child.kill();
    await closed;
    await rm(temporary, { recursive: true, force: true });
  });
  const [exitCode] = await closed;
  return { exitCode, output, left: [...(await readdir(temporary)), ...(await processesWith(temporary))] };
}

describe.concurrent("npm start", () => {
  test("takes two hooks through their whole life with the real engine, shows each step, and leaves nothing behind", async ({
    expect,
  }) => {
    const { exitCode, output, left } = await startTour();
    expect(exitCode, output).toBe(0);
    // The closing table.
    expect(output.match(/^\d\. {2}.* {2}✓$/gm)).toHaveLength(steps.length);
    expect(output, "escape sequences in a pipe").not.toContain("\u001b");
    expect(left).toEqual([]);
  });

  test.runIf(process.platform === "linux")(
    "ends by ^C in the middle of an update with exit code 130, and leaves nothing behind",
    async ({ expect }) => {
      const { exitCode, output, left } = await startTour((printed, child) => {
        if (printed.includes("2. Up\n") && !printed.includes("Stopping")) child.kill("SIGINT");
      });
      expect(exitCode, output).toBe(130);
      expect(output).toContain("Stopped. Nothing is left behind.");
      expect(output).not.toContain("3. Scale out and in");
      expect(left).toEqual([]);
    },
  );
});
