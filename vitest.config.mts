import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/support/clean-environment.ts"],
    // Each file starts what it needs on ports of its own, so that all of them run side by side.
    fileParallelism: true,
    testTimeout: 20_000,
  },
});
