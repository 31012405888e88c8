// One client in a process of its own, so that what one leaves behind disturbs no other: KIND ENDPOINT.
import process from "node:process";
import { answerQuestions } from "../helper.mts";

/** To make so many calls, so many at a time: how long that took, in seconds. */
export interface CallsQuestion {
  readonly calls: number;
  readonly atOnce: number;
}

/** To begin so many calls and leave them under way, or to wait for them: the bytes in use. */
export interface InFlightQuestion {
  readonly begin?: number;
  readonly finish?: true;
}

const clients = {
  ours: () => import("./clients/ours.mts"),
  undici: () => import("./clients/undici.mts"),
  vendor: () => import("./clients/vendor.mts"),
};
export type ClientKind = keyof typeof clients;

const [kind, endpoint = ""] = process.argv.slice(2);
const { connect } = await clients[kind as ClientKind]();
const call = connect(endpoint);
const underWay: Promise<unknown>[] = [];

answerQuestions(async (question: CallsQuestion | InFlightQuestion) => {
  if ("calls" in question) return timed(question);
  if (question.finish) await Promise.all(underWay.splice(0));
  for (let begun = 0; begun < (question.begin ?? 0); begun++) underWay.push(call());
  return bytesInUse();
});

async function timed({ calls, atOnce }: CallsQuestion): Promise<number> {
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await call();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (performance.now() - start) / 1000;
}

/** JavaScript's memory without its garbage. The sockets' own, in the system, is the same for every client. */
function bytesInUse(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
