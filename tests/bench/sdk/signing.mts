import { createHash, createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js";
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js";
import { bundle } from "../../../tools/setup/build.mts";
import type { Bench } from "../bench.mts";
import { compared, perSecond } from "../figure.mts";
import { inTurns } from "../statistics.mts";
import { accessKey, path, projectId, secretKey, wireInput } from "./create-request.mts";

/** How many signatures are timed together: some milliseconds' worth. */
const batch = 2_000;

const host = "as.cn-north-4.myhuaweicloud.com";
const date = "20260102T030405Z";
const body = JSON.stringify(wireInput);
const headers = { "content-type": "application/json", host, "x-project-id": projectId, "x-sdk-date": date };
const request = { method: "POST", path, headers, body } as const;

type Parts = typeof import("./signing-parts.ts");

/** Built as the package is. */
async function signingParts(): Promise<Parts> {
  const source = fileURLToPath(new URL("./signing-parts.ts", import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), "pulumi-huaweicloud-as-bench-"));
  try {
    await bundle({ parts: source }, folder);
    return createRequire(source)(join(folder, "parts.js"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Ours: from the request and its headers to the Authorization header. */
function ourSignature({ signingKey, authorization }: Parts): () => string {
  const key = signingKey(accessKey, secretKey);
  return () => authorization(request, key);
}

/** Only what has to be computed, with what everybody computes it with, over the very bytes that ours hashes. */
function bareSignature({ canonicalRequest, stringToSign }: Parts): () => string {
  const canonical = canonicalRequest(request);
  const text = stringToSign(canonical, date);
  return () => {
    createHash("sha256").update(body).digest("hex");
    createHash("sha256").update(canonical).digest("hex");
    return createHmac("sha256", secretKey).update(text).digest("hex");
  };
}

/** Ours with all that makes a request ready to send: its headers, the date, the URL. */
function ourReadyRequest({ SecretCredentials, signRequest }: Parts): () => object {
  const credentials = new SecretCredentials({ accessKey, secretKey });
  const unsigned = { method: "POST", endpoint: `https://${host}`, path, projectId, body } as const;
  return () => signRequest(unsigned, credentials, new Date());
}

/** The vendor's, which does the same: it adds the date and the host, and serialises the body. */
function vendorReadyRequest(): () => object {
  const credentials = new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId(projectId);
  return () => {
    const vendorRequest = {
      method: "POST",
      endpoint: `https://${host}${path}`,
      headers: { "content-type": "application/json", "X-Project-Id": projectId },
      data: wireInput,
      queryParams: {},
    };
    return AKSKSigner.sign(vendorRequest as never, credentials);
  };
}

export const signing: Bench = {
  name: "sdk/signing",
  about: "signing the create request",
  async run({ thoroughness }) {
    const parts = await signingParts();
    const rates = await inTurns(Math.ceil(40 * thoroughness), {
      ours: rateOf(ourSignature(parts)),
      bare: rateOf(bareSignature(parts)),
      ready: rateOf(ourReadyRequest(parts)),
      vendor: rateOf(vendorReadyRequest()),
    });
    return [
      compared("signatures, beside bare createHash and createHmac", [rates.ours, rates.bare], perSecond, {
        atLeast: 1.25,
      }),
      compared("requests made ready, beside the vendor's signer", [rates.ready, rates.vendor], perSecond),
    ];
  },
};

/** How often a second something can be done. */
function rateOf(sign: () => unknown): () => number {
  for (let warmUp = 0; warmUp < 2 * batch; warmUp++) sign();
  return () => {
    const start = performance.now();
    for (let done = 0; done < batch; done++) sign();
    return (batch / (performance.now() - start)) * 1000;
  };
}
