import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
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
    expect(output.match(/^\d\. {2}.*/gm)).toEqual([
      expect.stringMatching(/^1\. {2}Preview +2 to create +none +[\d.]+ {2}✓$/),
      expect.stringMatching(/^2\. {2}Up +2 created +1 GET, 2 POST +[\d.]+ {2}✓$/),
      expect.stringMatching(/^3\. {2}Up again +no change +none +[\d.]+ {2}✓$/),
      expect.stringMatching(/^4\. {2}Refresh +1 drifted +1 GET +[\d.]+ {2}✓$/),
      expect.stringMatching(/^5\. {2}Up puts it back +1 updated +1 PUT +[\d.]+ {2}✓$/),
      expect.stringMatching(/^6\. {2}Update in place +1 updated +1 PUT +[\d.]+ {2}✓$/),
      expect.stringMatching(/^7\. {2}Replacement +1 replaced +1 DELETE, 1 GET, 1 POST +[\d.]+ {2}✓$/),
      expect.stringMatching(/^8\. {2}Invalid program +3 refused +none +[\d.]+ {2}✓$/),
      expect.stringMatching(/^9\. {2}Destroy +2 deleted +2 DELETE +[\d.]+ {2}✓$/),
    ]);
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
      expect(output).not.toContain("3. Up again");
      expect(left).toEqual([]);
    },
  );
});
