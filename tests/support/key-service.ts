import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { answer, type HttpServer, startHttpServer } from "./servers";

/** Stands for a key management service of AWS's kind: the two calls with which Pulumi uses a key, and no more. */
export async function startKeyService(): Promise<HttpServer> {
  const key = randomBytes(32);
  return startHttpServer((response, { headers, body }) => {
    const { Plaintext, CiphertextBlob } = JSON.parse(body);
    const KeyId = "arn:aws:kms:cn-north-4:000000000000:key/pulumi";
    switch (headers["x-amz-target"]) {
      case "TrentService.Encrypt": {
        const iv = randomBytes(12);
        const cipher = createCipheriv("aes-256-gcm", key, iv);
        const sealed = Buffer.concat([cipher.update(Buffer.from(Plaintext, "base64")), cipher.final()]);
        const blob = Buffer.concat([iv, cipher.getAuthTag(), sealed]);
        return answer(response, 200, { KeyId, CiphertextBlob: blob.toString("base64") });
      }
      case "TrentService.Decrypt": {
        const blob = Buffer.from(CiphertextBlob, "base64");
        const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(0, 12));
        decipher.setAuthTag(blob.subarray(12, 28));
        const text = Buffer.concat([decipher.update(blob.subarray(28)), decipher.final()]);
        return answer(response, 200, { KeyId, Plaintext: text.toString("base64") });
      }
      default:
        return answer(response, 400, { __type: "UnknownOperationException" });
    }
  });
}
