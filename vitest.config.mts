import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const pure = ["tests/unit/**/*.test.ts", "tests/property/**/*.test.ts"];

export default defineConfig({
  test: {
    setupFiles: ["tests/support/clean-environment.ts"],
    // Each file starts what it needs on ports of its own, so that all of them run side by side. Vitest's own number of
    // workers leaves one core out, which is half of two.
    maxWorkers: availableParallelism(),
    testTimeout: 20_000,
    projects: [
      // Tests without I/O leave nothing behind, so that a process can run one file after another.
      { extends: true, test: { name: "pure", include: pure, isolate: false } },
      { extends: true, test: { name: "io", include: ["tests/**/*.test.ts"], exclude: pure } },
    ],
  },
});
