import fc from "fast-check";
import { expect, test } from "vitest";
import {
  describeProblem,
  idRule,
  lifecycleHookNameRule,
  nearest,
  notificationMetadataRule,
  notificationTopicUrnRule,
} from "../../sdk/api/rules";
import { parseRetryAfter } from "../../sdk/calls/retry";
import { endpointsOf } from "../../sdk/configuration/endpoints";
import { parseEndpoints } from "../../sdk/configuration/environment";
import { readIniSection } from "../../sdk/credentials/profile-file";
import { readErrorBody } from "../../sdk/errors/body";
import { redact } from "../../sdk/errors/redaction";
import { readHookMetadata } from "../../sdk/handler/metadata";
import { parseLifecycleNotification } from "../../sdk/handler/notification";
import { proxySettings } from "../../sdk/http/proxy";

/** All that is read of texts which others have written: responses, files, variables, a program's inputs. */
const parsers: readonly (readonly [string, (text: string) => unknown])[] = [
  ["an error body", (text) => readErrorBody(text.slice(0, 65_536), (told) => told)],
  ["an error body of any length", (text) => readErrorBody(text, (told) => told)],
  [
    "an error body with secrets",
    (text) => readErrorBody(text, (told) => redact(told, ["a<b", "%3c", "aaaa"])),
  ],
  ["an error message", (text) => readErrorBody(JSON.stringify({ error_msg: text }), (told) => told)],
  ["Retry-After", (text) => parseRetryAfter(text, 0)],
  ["a date", (text) => parseRetryAfter(`Fri, ${text}`, 0)],
  ["a profile file", (text) => readIniSection(text, "default")],
  ["a profile's value", (text) => readIniSection(`[default]\nak = ${text}\n`, "default")],
  [
    "a profile's value that refers to others",
    (text) => {
      const references = text.replaceAll("(a)", "(b)");
      return readIniSection(`[default]\na =\nb = ${text}\nc = ${references}\n`, "default");
    },
  ],
  ["the variable HW_ENDPOINTS", (text) => parseEndpoints(text)],
  ["an endpoint", (text) => endpointsOf("cn-north-4", { autoscaling: `https://a/${text}b/` })],
  ["the variable HTTPS_PROXY", (text) => proxySettings({ HTTPS_PROXY: `http://${text}` })],
  ["a topic's URN", (text) => notificationTopicUrnRule(text)],
  ["a topic's name", (text) => notificationTopicUrnRule(`urn:smn:cn-north-4:${"0".repeat(32)}:${text}`)],
  ["a hook's name", (text) => lifecycleHookNameRule(text)],
  ["an id", (text) => idRule(text)],
  ["metadata", (text) => notificationMetadataRule(text)],
  ["a property's name", (text) => nearest(text, ["lifecycleHookName", "defaultTimeout"])],
  ["a message", (text) => parseLifecycleNotification(text)],
  [
    "a message in its envelope",
    (text) => parseLifecycleNotification({ type: "Notification", message: text }),
  ],
  ["a message's metadata", (text) => readHookMetadata(text)],
  ["a problem's value", (text) => describeProblem("a", text, { is: "is", allowed: "b" }, false)],
];

/** A part that is repeated, between a beginning and an end: what makes expressions backtrack. */
const part = fc.string({
  unit: fc.constantFrom(..." \t\n\r<>=:;,%&/[]{}()\"'#\\.-_0a1", "title", "%20", "[default]", "é"),
  minLength: 1,
  maxLength: 4,
});
const edge = fc.oneof(fc.constant(""), part);
const length = 200_000;
const repeated = fc
  .tuple(edge, part, edge)
  .map(([begin, middle, end]) => begin + middle.repeat(length / middle.length) + end);

test.each(parsers)(
  "%s is read in a time that grows with its length alone, whatever it repeats",
  (_, parse) => {
    const texts = fc.sample(repeated, { numRuns: 60, seed: 20_260_102 });
    const ofFiles = ["[", "%", "%(", "%(a)", "%(a)s", " x\n", "\\\n ", "\t=", "a "];
    const known = ["<", "<title", "<a ", " ", "/", "1.", "Fri, ", ...ofFiles];
    for (const text of [...known.map((one) => one.repeat(length / one.length)), ...texts]) {
      // A quadratic one takes 20,000,000,000 steps: minutes.
      expect(duration(() => parse(text))).toBeLessThan(400);
    }
  },
);

/** Milliseconds of the processor that this process took, the least of some runs: it may have been collecting garbage. */
function duration(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && least >= 400; run++) {
    const start = process.cpuUsage();
    try {
      work();
    } catch {
      // A refusal is as good as a result.
    }
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
