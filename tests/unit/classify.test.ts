import { describe, expect, test } from "vitest";
import type { OperationName } from "../../sdk/calls/operations";
import { type Classification, classify, type FailedCall } from "../../sdk/errors/classify";
import {
  ConfigurationError,
  isAmbiguousError,
  isConnectionError,
  isServiceError,
  isTimeoutError,
} from "../../sdk/errors/errors";

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

function failed(operation: OperationName, signed = true): FailedCall {
  return { operation, doing: "doing it", secrets: ["hidden"], credentialsSource: "the vault", signed };
}
const read = failed("lifecycleHooks.get");
const create = failed("lifecycleHooks.create");
const complete = failed("hangingInstances.complete");

/** Classifies an answer. */
function answered(call: FailedCall, status: number, body: unknown = {}, headers = {}): Classification {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return classify(call, { response: { status, headers, body: text } }, now);
}

/** Classifies a failure without a response. */
function lost(call: FailedCall, failure: unknown, wasSent = true): Classification {
  return classify(call, { failure, wasSent }, now);
}

function error(code: string, message = "m", more: object = {}) {
  return Object.assign(new Error(message), { code, ...more });
}

describe("a refusal", () => {
  test.each([
    [429, {}, "throttled", "throttled", "throttled"],
    [403, { error_code: "APIGW.0308" }, "throttled", "throttled", "throttled"],
    [401, {}, "signIn", "signIn", "signIn"],
    [500, { error: { code: "AS.0001" } }, "soon", "soon", "never"],
    [500, { error: { code: "AS.0049" } }, "soon", "soon", "never"],
    [500, { error_code: "APIGW.0601" }, "soon", "soon", "never"],
    [500, { error_code: "APIGW.0605" }, "never", "never", "never"],
    [500, "<html>", "soon", "never", "never"],
    [502, {}, "soon", "never", "never"],
    [503, {}, "soon", "never", "never"],
    [503, { error_code: "APIGW.0613" }, "soon", "soon", "soon"],
    [504, { error_code: "APIGW.0201" }, "soon", "never", "never"],
    [400, { error: { code: "AS.2033" } }, "never", "never", "never"],
    [404, { error: { code: "AS.0007" } }, "never", "never", "never"],
    [302, "", "never", "never", "never"],
  ] as const)(
    "%i %j is followed by another attempt of a read: %s; of a create: %s; of a callback: %s",
    (status, body, reading, creating, completing) => {
      const retryable = reading === "soon" || reading === "throttled";
      expect(answered(read, status, body)).toMatchObject({ again: reading, error: { retryable } });
      expect(answered(create, status, body).again).toBe(creating);
      expect(answered(complete, status, body).again).toBe(completing);
    },
  );

  test.each([
    ["create", 500, "<html>", create],
    ["create", 502, {}, create],
    ["create", 503, {}, create],
    ["create", 504, { error_code: "APIGW.0201" }, create],
    ["callback", 500, { error: { code: "AS.0001" } }, complete],
    ["callback", 500, { error_code: "APIGW.0601" }, complete],
    ["callback", 503, {}, complete],
  ])("of a %s that may have taken effect is ambiguous: %i %j", (_, status, body, call) => {
    const { error: classified } = answered(call, status, body);
    expect(isAmbiguousError(classified)).toBe(true);
    expect(classified).toMatchObject({ status, retryable: false });
    expect(isServiceError(classified.cause)).toBe(true);
  });

  test.each([
    [503, "a read", read],
    [504, "a create, which is ambiguous,", create],
  ])("with status %i of %s has its code and its request id", (status, _, call) => {
    const body = { error_code: "APIGW.0201", request_id: "from-body" };
    const ofHeader = answered(call, status, body, { "x-request-id": "4f" }).error;
    expect(ofHeader).toMatchObject({ code: "APIGW.0201", requestId: "4f" });
    expect(ofHeader.message).toContain("request 4f");
    const ofIam = answered(call, status, body, { "x-iam-trace-id": "token_4f" }).error;
    expect(ofIam).toMatchObject({ requestId: "token_4f" });
    expect(answered(call, status, body).error).toMatchObject({ requestId: "from-body" });
  });
});

describe("a failure without a response", () => {
  const passing = ["ECONNRESET", "UND_ERR_SOCKET", "UND_ERR_PRX_CONN", "HPE_INVALID_CONSTANT"];
  const timeouts = ["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];
  const ended = [
    "UND_ERR_CLOSED",
    "UND_ERR_DESTROYED",
    "UND_ERR_INVALID_ARG",
    "UND_ERR_RES_EXCEEDED_MAX_SIZE",
  ];
  const tls = ["ERR_SSL_WRONG_VERSION_NUMBER", "CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT"];

  test.each([
    ["soon", [...passing, ...timeouts, "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"]],
    ["never", [...ended, ...tls]],
  ])("is followed by another attempt of a call that may be repeated: %s after %j", (again, codes) => {
    for (const code of codes) {
      expect([code, lost(read, error(code)).again]).toEqual([code, again]);
      expect([code, lost(create, error(code), false).again]).toEqual([code, again]);
      expect([code, lost(create, error(code)).again]).toEqual([code, "never"]);
    }
  });

  test("of a create is ambiguous if something was sent, and a ConnectionError if nothing was", () => {
    expect(isAmbiguousError(lost(create, error("ECONNRESET")).error)).toBe(true);
    expect(isConnectionError(lost(create, error("ECONNRESET"), false).error)).toBe(true);
  });

  test.each(timeouts)("of code %s is a TimeoutError", (code) => {
    const { error: classified } = lost(read, error(code));
    expect(isTimeoutError(classified) && isConnectionError(classified)).toBe(true);
  });

  test("that is an error of this package ends the call as it is", () => {
    const failure = new ConfigurationError("no proxy", { operation: "client" });
    expect(lost(read, failure, false)).toMatchObject({ error: failure, again: "never" });
  });
});

const certificate = error("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate");
const addresses = new AggregateError([error("ECONNREFUSED", "connect ECONNREFUSED ::1:1")]);
const ofOpenSsl = error("ERR_SSL_UNSUPPORTED_PROTOCOL", "405D0545D27F0000:error:0A000102:SSL", {
  reason: "unsupported protocol",
});

describe("the message of a failure without a response", () => {
  test.each([
    [
      "the cause with its code",
      error("UND_ERR_SOCKET", "other side closed"),
      /: other side closed \(UND_ERR_SOCKET\)$/,
    ],
    ["a code once", error("ECONNRESET", "read ECONNRESET"), /: read ECONNRESET$/],
    ["what is no error", "nothing", /: nothing$/],
    [
      "why the addresses of a host failed, not only that there were several",
      Object.assign(addresses, { code: "ECONNREFUSED" }),
      /: connect ECONNREFUSED ::1:1$/,
    ],
    [
      "OpenSSL's reason without the rest of its text",
      ofOpenSsl,
      /: TLS: unsupported protocol \(ERR_SSL_UNSUPPORTED_PROTOCOL\)$/,
    ],
    ["what to do about a certificate", certificate, /NODE_EXTRA_CA_CERTS/],
    [
      "that a proxy refused",
      error("UND_ERR_ABORTED", "Proxy response (502)"),
      /: the proxy \(HTTPS_PROXY\) did not connect to the endpoint: Proxy response \(502\)/,
    ],
  ])("tells %s", (_, failure, end) => {
    const { message } = lost(read, failure).error;
    expect(message).toMatch(/^doing it: no response: /);
    expect(message).toMatch(end);
  });

  test("leaves out what the other side has sent, and what is secret", () => {
    const failure = error("HPE_INVALID_CONSTANT", "got hidden", { data: "X-Auth-Token: hidden" });
    const { error: classified } = lost(read, failure);
    expect(classified.message).not.toContain("hidden");
    expect(classified.cause).not.toHaveProperty("data");
  });
});

describe("the message of a refusal", () => {
  // The service's own text for AS.7041 is that of another code.
  const ofOther = { code: "AS.7041", message: "The lifecycle hook callback object is empty." };

  test.each([
    [
      "tells meaning, remedy and code",
      400,
      { error: { code: "AS.7038", message: "m" } },
      "the group already has the most hooks that it can have; delete one first (AS.7038)",
    ],
    [
      "quotes it when its code is unknown, and gives the status in place of a code",
      418,
      "<title>teapot</title>",
      'the service refused it: "teapot" (HTTP 418)',
    ],
    ["quotes nothing when it has no text", 418, "", "the service refused it (HTTP 418)"],
    [
      "does not quote the text of AS.7041",
      400,
      { error: ofOther },
      "the group already has a hook of this name; choose another name, or import that hook (AS.7041)",
    ],
  ])("%s", (_, status, body, text) => {
    expect(answered(create, status, body).error.message).toBe(`doing it: ${text}`);
  });

  test.each([
    [400, { error: { code: "AS.0031", message: "denied" } }],
    [403, { error_code: "APIGW.0302", error_msg: "denied" }],
    [403, "<title>denied</title>"],
  ])("of a permission refused with %i names the actions of both kinds of policies: %j", (status, body) => {
    const { message } = answered(create, status, body).error;
    expect(message).toContain(
      "the policy must allow as:lifecycleHooks:create or as:scalingGroup:createLifecycleHook",
    );
    expect(message).toContain('"denied"');
  });

  test("of a redirect says where it leads", () => {
    const { message } = answered(read, 307, "", { location: "https://else.example.com" }).error;
    expect(message).toContain("a redirect to https://else.example.com, which is not followed");
  });
});

describe("a clock that is wrong", () => {
  const wrongKey = { error_code: "APIGW.0301" };
  const refused = (minutes: number, call = read, status = 401) => {
    const date = new Date(now - minutes * 60_000).toUTCString();
    return answered(call, status, wrongKey, { date }).error.message;
  };

  test("is told when it is more than 15 minutes off, in each direction", () => {
    expect(refused(16)).toContain("this machine's clock is 16 minutes ahead of the service's; set the clock");
    expect(refused(-20)).toContain("this machine's clock is 20 minutes behind the service's; set the clock");
  });

  test.each([
    ["15 minutes are allowed", refused(15)],
    ["a token has no date", refused(60, failed("lifecycleHooks.get", false))],
    ["another refusal has another reason", refused(60, read, 403)],
    ["a date may be missing", answered(read, 401, wrongKey).error.message],
    ["a date may be none", answered(read, 401, {}, { date: "soon" }).error.message],
  ])("is not blamed otherwise: %s", (_, message) => {
    expect(message).not.toContain("clock is");
  });

  test("else the source of the credentials is told", () => {
    expect(refused(0)).toContain("(they come from the vault)");
  });
});
