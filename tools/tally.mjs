// @ts-check
// Run by .ci/run as: tally.mjs CHECKS TESTS, two reports in JSON, that of tools/check.mjs and that of vitest. It prints
// the closing line, and exits with 1 unless everything passed and tests were run.
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";

const [checksFile = "", testsFile = ""] = process.argv.slice(2);

// What left no report did not get as far as running: one failure.
const checks = read(checksFile) ?? { passed: 0, failed: 1 };
const report = read(testsFile);
const tests =
  report === undefined
    ? { passed: 0, failed: 1, skipped: 0 }
    : {
        passed: report.numPassedTests,
        // A file that cannot be loaded fails without a test of its own.
        failed: report.numFailedTests + filesThatFailedToLoad(report),
        skipped: report.numPendingTests + report.numTodoTests,
      };

const passed = checks.passed + tests.passed;
const failed = checks.failed + tests.failed;
process.stdout.write(
  `${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ""}\n`,
);
if (failed > 0 || tests.passed === 0) process.exitCode = 1;

/** @param {string} file */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} report */
function filesThatFailedToLoad({ testResults }) {
  return testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
}
