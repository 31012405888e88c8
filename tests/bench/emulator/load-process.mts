// Sends one signed request again and again from a process of its own: ENV of the emulator as JSON.
import process from "node:process";
import { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js";
import { Agent } from "undici";
import { answerQuestions } from "../helper.mts";

/** A request, how often it is sent, and how many at a time. Signed once, so that the signer takes no part. */
export interface LoadQuestion {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly body?: object;
  readonly calls: number;
  readonly atOnce: number;
}

export interface LoadAnswer {
  readonly perSecond: number;
  /** Seconds from a request to its whole response, for all but one in a hundred. */
  readonly p99: number;
}

const { HW_ENDPOINTS = "{}", HW_ACCESS_KEY, HW_SECRET_KEY } = JSON.parse(process.argv[2] ?? "{}");
const { autoscaling: origin } = JSON.parse(HW_ENDPOINTS);
const agent = new Agent({ connections: 64 });
const credential = { getAk: () => HW_ACCESS_KEY, getSk: () => HW_SECRET_KEY };

answerQuestions(async ({ method, path, body, calls, atOnce }: LoadQuestion): Promise<LoadAnswer> => {
  const request = { method, endpoint: `${origin}${path}`, headers: {}, data: body };
  const headers = AKSKSigner.sign(request as never, credential as never) as Record<string, string>;
  const sent = { origin, path, method, headers, body: body === undefined ? null : JSON.stringify(body) };
  const times: number[] = [];
  let left = calls;
  const worker = async () => {
    while (left-- > 0) {
      const begin = performance.now();
      const response = await agent.request(sent);
      await response.body.text();
      if (response.statusCode !== 200) throw new Error(`the emulator answered ${response.statusCode}`);
      times.push(performance.now() - begin);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - start) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  return { perSecond: calls / seconds, p99: (sorted[Math.floor(calls * 0.99)] ?? 0) / 1000 };
});
