import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

/** The guided tour as `npm start` gives it, with its output piped. */

const root = join(__dirname, "../..");
const timeout = 180_000;

interface Tour {
  readonly child: ChildProcess;
  /** Where it puts whatever is temporary. */
  readonly temporary: string;
  /** What it has printed so far. */
  output(): string;
  /** Resolves when that has been printed. */
  printed(text: string): Promise<void>;
  readonly exitCode: Promise<number | null>;
}

const tours: Tour[] = [];
afterAll(async () => {
  for (const { child, exitCode, temporary } of tours) {
    // Still running only where a test has given up.
    child.kill();
    await exitCode;
    await rm(temporary, { recursive: true, force: true });
  }
});

async function startTour(...args: string[]): Promise<Tour> {
  const temporary = await mkdtemp(join(tmpdir(), "tour-test-"));
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const waiting = new Map<string, () => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const [awaited, resolve] of waiting) if (output.includes(awaited)) resolve();
    });
  }
  const tour: Tour = {
    child,
    temporary,
    output: () => output,
    printed: (text) => new Promise((resolve) => waiting.set(text, resolve)),
    exitCode: once(child, "close").then(([code]) => code),
  };
  tours.push(tour);
  return tour;
}

/** What a tour has left behind: the names of files, and the commands of processes. */
async function remains({ temporary }: Tour): Promise<string[]> {
  const files = await readdir(temporary);
  const processes = process.platform === "linux" ? await processesWith(temporary) : [];
  return [...files, ...processes];
}

async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return environment.includes(text) ? readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") : "";
    }),
  );
  return commands.filter((command) => command !== "");
}

// All at once, so that tours can't be in each other's way.
describe.concurrent("the tour", () => {
  test(
    "shows nine steps, all as they should be, and leaves nothing behind",
    async ({ expect }) => {
      const tour = await startTour("tools/tour/main.mts");
      expect(await tour.exitCode, tour.output()).toBe(0);
      const output = tour.output();

      expect(output.match(/^\d\. .*/gm)).toEqual([
        "1. Preview",
        "2. Up",
        "3. Up again",
        "4. Refresh",
        "5. Up puts it back",
        "6. Update in place",
        "7. Replacement",
        "8. Invalid program",
        "9. Destroy",
        // The closing table.
        expect.stringMatching(/^1\. {2}Preview +2 to create +none +[\d.]+ {2}✓$/),
        expect.stringMatching(/^2\. {2}Up +2 created +1 GET, 2 POST +[\d.]+ {2}✓$/),
        expect.stringMatching(/^3\. {2}Up again +no change +none +[\d.]+ {2}✓$/),
        expect.stringMatching(/^4\. {2}Refresh +1 drifted +1 GET +[\d.]+ {2}✓$/),
        expect.stringMatching(/^5\. {2}Up puts it back +1 updated +1 PUT +[\d.]+ {2}✓$/),
        expect.stringMatching(/^6\. {2}Update in place +1 updated +1 PUT +[\d.]+ {2}✓$/),
        expect.stringMatching(/^7\. {2}Replacement +1 replaced +1 DELETE, 1 GET, 1 POST +[\d.]+ {2}✓$/),
        expect.stringMatching(/^8\. {2}Invalid program +refused, 3 problems +none +[\d.]+ {2}✓$/),
        expect.stringMatching(/^9\. {2}Destroy +2 deleted +2 DELETE +[\d.]+ {2}✓$/),
      ]);
      expect(output).toContain("≠ drain  drift      defaultTimeout  3600 → 900");
      expect(output).toMatch(/ PUT {2}…\/scaling_lifecycle_hook\/[0-9a-f]{8}…\/drain {2}200\n/);
      expect(output).toContain("✗ drain  defaultTimeout 60 is too short");
      expect(output, "no escape sequences").not.toContain("\u001b");

      expect(await remains(tour)).toEqual([]);
      expect(existsSync(join(root, "Pulumi.tour.yaml"))).toBe(false);
    },
    timeout,
  );

  test(
    "fails when a step is not as it should be, says in what, and does not go on from what has failed",
    async ({ expect }) => {
      // Somebody else takes the name first.
      const script = `
        import { steps } from "./tools/tour/steps.mts";
        import { tour } from "./tools/tour/tour.mts";
        const [preview, up, ...others] = steps;
        const disturbed = { ...up, elsewhere: { lifecycle_hook_name: "drain", default_timeout: 900 } };
        process.exitCode = await tour([preview, disturbed, ...others]);`;
      const tour = await startTour("--input-type=module-typescript", "--eval", script);
      expect(await tour.exitCode, tour.output()).toBe(1);
      const output = tour.output();

      expect(output).toContain("✗ should have been: two hooks are created");
      expect(output).toContain("Pulumi should have succeeded, and failed");
      expect(output).toContain("default_timeout of drain is 900, not 3600");
      expect(output).toMatch(/^2\. {2}Up +failed .*✗$/m);
      expect(output).toMatch(/^3\. {2}Up again +not taken +–$/m);
      expect(output).toContain("✗ 1 of 9 steps were as they should be.");
      expect(await remains(tour)).toEqual([]);
    },
    timeout,
  );

  test.runIf(process.platform !== "win32").each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "ends half-way by %s with exit code %i, and leaves nothing behind",
    async (signal, exitCode) => {
      const tour = await startTour("tools/tour/main.mts");
      await tour.printed("2. Up\n");
      tour.child.kill(signal);
      expect(await tour.exitCode, tour.output()).toBe(exitCode);

      expect(tour.output()).toContain("Stopped. Nothing is left behind.");
      expect(tour.output()).not.toContain("3. Up again");
      expect(await remains(tour)).toEqual([]);
    },
    timeout,
  );
});
