import { createHmac, hash } from "node:crypto";
import { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner";
import { beforeEach, describe, expect, test } from "vitest";
import { Authentication, canonicalRequest, expectedSignature } from "../../sdk/emulator/http/authentication";
import { Refusal } from "../../sdk/emulator/http/refusals";
import type { ReceivedRequest } from "../../sdk/emulator/http/request";
import published from "../fixtures/signing-vectors.json";

const { accessKey, secretKey } = published;
const signedAt = Date.parse("2026-01-02T03:04:05Z");
let now: number;

beforeEach(() => {
  now = signedAt;
});

type Vector = (typeof published.vectors)["V1_create"];

/** A vector's request as a server receives it, and the headers it signed. */
function received(vector: Vector) {
  const url = new URL(vector.url);
  const headers = Object.fromEntries(
    [...vector.canonicalRequest.matchAll(/^([a-z-]+):(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  const request: ReceivedRequest = {
    method: vector.method,
    path: url.pathname,
    query: `${new URLSearchParams(vector.query)}${url.search.slice(1)}`,
    headers: { ...headers, authorization: vector.authorization },
    body: Buffer.from(vector.body),
  };
  const [, names = ""] = /SignedHeaders=([^,]+)/.exec(vector.authorization) ?? [];
  return { request, names: names.split(";") };
}

const vectors = Object.entries(published.vectors as Record<string, Vector>);

test.each(vectors)("%s has the canonical request and the signature of the vendor's signer", (_, vector) => {
  const { request, names } = received(vector);
  expect(canonicalRequest(request, names)).toBe(vector.canonicalRequest);
  expect(vector.authorization).toMatch(new RegExp(`${expectedSignature(request, names, secretKey)}$`));
});

const { request } = received(published.vectors.V1_create);
const signed = ["content-type", "host", "x-project-id", "x-sdk-date"];
const { authorization = "" } = request.headers;
const canonical = canonicalRequest(request, signed);

const withHeader = (name: string, value: string | undefined): ReceivedRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});

function authentication(
  more: Partial<ConstructorParameters<typeof Authentication>[0]> = {},
): (request: ReceivedRequest) => string {
  const accepted = { accessKey, secretKey, securityToken: undefined, authToken: undefined, ...more };
  const judge = new Authentication(accepted, () => now);
  return (judged) => {
    try {
      judge.admit(judged, "autoscaling");
      return "admitted";
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      expect(error).toMatchObject({ status: 401, code: "APIGW.0301" });
      return error.message.replace("Incorrect IAM authentication information: ", "");
    }
  };
}

/** A request that is changed and then signed by hand, step by step as the signing guide says. */
function signedAnew(changes: Partial<ReceivedRequest>, names = signed, canonical?: string): ReceivedRequest {
  const changed = { ...request, ...changes };
  const text = canonical ?? canonicalRequest(changed, names);
  const toSign = `SDK-HMAC-SHA256\n${changed.headers["x-sdk-date"]}\n${hash("sha256", text)}`;
  const signature = createHmac("sha256", secretKey).update(toSign).digest("hex");
  const authorization = `SDK-HMAC-SHA256 Access=${accessKey}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...changed, headers: { ...changed.headers, authorization } };
}

describe("a right signature", () => {
  test("is admitted within fifteen minutes of its date, on either side", () => {
    const quarter = 15 * 60 * 1000;
    const admit = authentication();
    for (const skew of [0, quarter, -quarter]) {
      now = signedAt + skew;
      expect(admit(request)).toBe("admitted");
    }
    for (const skew of [quarter + 1000, -quarter - 1000]) {
      now = signedAt + skew;
      expect(admit(request)).toMatch(
        /^calc aksk signature fail:signature expired, signature time:20260102T030405Z,server time:2026/,
      );
    }
  });

  test("may be over other headers, as long as the date is among them", () => {
    expect(authentication()(signedAnew({}, ["x-sdk-date"]))).toBe("admitted");
    expect(authentication()(signedAnew({}, ["host"]))).toMatch(/^verify aksk signature fail/);
  });

  test("is over any path and query, in their one canonical form", () => {
    const changes = { path: "/a%20b/%E4%BD%A0~/c", query: "b=1&a=%2F+%2b&Z=&a=%2B&%F0%9F%98%80=x&%EF%BF%BD" };
    const expected = "Z=&a=%2B&a=%2F%20%2B&b=1&%EF%BF%BD=&%F0%9F%98%80=x";
    const [, path, query] = canonicalRequest({ ...request, ...changes }, signed).split("\n");
    expect({ path, query }).toEqual({ path: "/a%20b/%E4%BD%A0~/c/", query: expected });
    expect(authentication()(signedAnew(changes))).toBe("admitted");
  });

  test("may leave the body out when it says so, and must be right about it otherwise", () => {
    const declaring = (value: string) =>
      authentication()(signedAnew(withHeader("x-sdk-content-sha256", value)));
    expect(declaring("UNSIGNED-PAYLOAD")).toBe("admitted");
    expect(declaring(hash("sha256", request.body))).toBe("admitted");
    expect(declaring("0".repeat(64))).toMatch(/^verify aksk signature fail/);
  });
});

test("the token of a temporary key may be signed or not, must be right, and belongs to such a key alone", () => {
  const withToken = (token: string, ...names: readonly string[]) =>
    signedAnew(withHeader("x-security-token", token), [...signed, ...names]);
  const admit = authentication({ securityToken: "STS" });
  for (const names of [[], ["x-security-token"]]) {
    expect(admit(withToken("STS", ...names))).toBe("admitted");
    expect(admit(withToken("other", ...names))).toBe("decrypt token fail");
  }
  expect(admit(request)).toContain("ak not exist");
  expect(authentication()(withToken("STS"))).toBe("decrypt token fail");
});

describe("a path that is percent-encoded in the endpoint", () => {
  const path = "/a%20b/%E4%BD%A0/list";
  const host = "127.0.0.1:1";
  const date = "20260102T030405Z";
  const sent = { method: "GET", path, headers: { host, "x-sdk-date": date }, body: Buffer.alloc(0) };

  test("is admitted as the vendor's SDK for Node.js signs it, which encodes it once more", () => {
    const credential = { getAk: () => accessKey, getSk: () => secretKey };
    const asked = { method: "GET", endpoint: `http://${host}${path}`, headers: { host, "X-Sdk-Date": date } };
    const { Authorization } = AKSKSigner.sign(asked, credential as never) as { Authorization?: string };
    const headers = { ...sent.headers, authorization: Authorization };
    expect(authentication()({ ...request, ...sent, headers })).toBe("admitted");
  });

  test("is admitted as the signing guide and the vendor's SDK for Python have it", () => {
    const names = ["host", "x-sdk-date"];
    const text = `GET\n${path}/\n\nhost:${host}\nx-sdk-date:${date}\n\nhost;x-sdk-date\n${hash("sha256", "")}`;
    expect(authentication()(signedAnew(sent, names, text))).toBe("admitted");
    expect(authentication()(signedAnew(sent, names, text.replace("%20", "+")))).toContain("verify aksk");
  });
});

describe("a wrong signature", () => {
  test.each([
    ["another method", { ...request, method: "PUT" }],
    ["another path", { ...request, path: `${request.path}x` }],
    ["another query", { ...request, query: "a=b" }],
    ["another body", { ...request, body: Buffer.from("{}") }],
    ["another value of a signed header", withHeader("host", "127.0.0.1")],
    ["a signed header missing", withHeader("host", undefined)],
    ["another date", withHeader("x-sdk-date", "20260102T030406Z")],
    ["signed headers in another order", signedAnew({}, ["x-sdk-date", "host"], "unsorted")],
    ["signed headers in upper case", signedAnew({}, ["Host", "X-Sdk-Date"], canonical)],
    [
      "the slash at the canonical path's end forgotten",
      signedAnew({}, signed, canonical.replace(/\/\n/, "\n")),
    ],
  ])("is refused: %s", (_, judged) => {
    expect(authentication()(judged)).toMatch(/^verify aksk signature fail, canonicalRequest:P/);
  });

  test("is told with what should have been signed, on one line", () => {
    const told = authentication()({ ...request, body: Buffer.from("{}") });
    const bodyHash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    const lines = published.vectors.V1_create.canonicalRequest.split("\n").with(-1, bodyHash);
    expect(told).toBe(`verify aksk signature fail, canonicalRequest:${lines.join("|")}`);
  });

  test("is missed where there is no token either", () => {
    expect(authentication()(withHeader("authorization", undefined))).toBe("x-auth-token not found");
  });

  test.each([
    ["nothing", ""],
    ["another scheme", "Bearer abc"],
    ["another algorithm", authorization.replace("SDK-HMAC-SHA256", "V11-HMAC-SHA256")],
    ["two spaces", authorization.replace("SHA256 ", "SHA256  ")],
    ["no space after a comma", authorization.replace(", Sig", ",Sig")],
    ["a signature in upper case", authorization.replace(/\w+$/, (text) => text.toUpperCase())],
    ["a short signature", authorization.slice(0, -1)],
  ])("is not even looked at in a header of another form: %s", (_, header) => {
    expect(authentication()(withHeader("authorization", header))).toContain("the header is not of the form");
  });

  test.each([
    [undefined, "x-sdk-date not found"],
    ["2026-01-02T03:04:05Z", "not of the form"],
    ["20261302T030405Z", "not of the form"],
    ["tomorrow", "not of the form"],
  ])("is refused for a date of %j", (value, text) => {
    expect(authentication()(withHeader("x-sdk-date", value))).toContain(text);
  });
});

describe("the lock", () => {
  const wrong = { ...request, body: Buffer.from("wrong") };
  const minutes = 60_000;
  let admit: ReturnType<typeof authentication>;
  beforeEach(() => {
    admit = authentication();
  });

  /** Uses the key wrongly so often, while it is not locked. */
  function fail(times: number): void {
    for (let count = 1; count <= times; count++) expect(admit(wrong)).toContain("verify aksk");
  }

  test("falls after the sixth failure in a row and lasts five minutes", () => {
    fail(6);
    expect(admit(request)).toBe("AK access failed to reach the limit,forbidden.");
    now += 5 * minutes - 1;
    expect(admit(request)).toContain("reach the limit");
    now += 1;
    expect(admit(request)).toBe("admitted");
  });

  test("counts from zero after a success, and after it has opened", () => {
    for (let round = 1; round <= 3; round++) {
      fail(5);
      expect(admit(request)).toBe("admitted");
    }
    fail(6);
    now += 5 * minutes;
    fail(5);
    expect(admit(request)).toBe("admitted");
  });

  test("is not moved by unknown keys", () => {
    const unknown = withHeader("authorization", authorization.replace(accessKey, "SOMEONE"));
    for (let count = 1; count <= 10; count++) {
      expect(admit(unknown)).toBe("Get secretKey failed,ak:SOMEONE,err:ak not exist");
    }
    expect(admit(request)).toBe("admitted");
  });

  test("counts a wrong security token and a stale date", () => {
    const { request: temporary } = received(published.vectors.V2_get_hanging_sts as never);
    admit = authentication({ securityToken: "STS-TOKEN-EXAMPLE" });
    expect(admit(temporary)).toBe("admitted");
    const other = { ...temporary, headers: { ...temporary.headers, "x-security-token": "other" } };
    for (let count = 1; count <= 3; count++) expect(admit(other)).toBe("decrypt token fail");
    now += 60 * minutes;
    for (let count = 1; count <= 3; count++) expect(admit(temporary)).toContain("signature expired");
    expect(admit(temporary)).toContain("reach the limit");
  });
});
