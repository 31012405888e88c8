import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const pure = ["tests/unit/**/*.test.ts", "tests/property/**/*.test.ts"];
const engine = ["tests/e2e/**/*.test.ts", "tests/laws/engine.test.ts"];
const build = "tests/support/build.ts";

/** Gives the text of the emulator's page where it is imported, as the bundler does. */
const htmlAsText = {
  name: "html-as-text",
  enforce: "pre",
  load: (id: string) =>
    id.endsWith(".html") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}` : undefined,
} as const;

/** Starts with the small files that take longest: vitest knows them from a run before, which a fresh clone lacks. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      /laws.engine|scaling-group-stack|first-and-last|vendor-python/.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  plugins: [htmlAsText],
  test: {
    setupFiles: ["tests/support/clean-environment.ts"],
    // Each file starts what it needs on ports of its own, so that all of them run side by side. Vitest's own number of
    // workers leaves one core out, which is half of two.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    // A worker runs one file after the other, and loads what they share once.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // What is waited for comes at once, but for a machine that is busy with other work.
    expect: { poll: { timeout: 15_000, interval: 10 } },
    projects: [
      // Neither build nor engine.
      { extends: true, test: { name: "pure", include: pure } },
      {
        extends: true,
        test: {
          name: "io",
          include: ["tests/**/*.test.ts"],
          exclude: [...pure, ...engine],
          globalSetup: build,
        },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: engine,
          globalSetup: [build, "tests/support/engine-on-path.ts"],
          // A command takes a second or two alone, and many times that on a busy machine.
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
