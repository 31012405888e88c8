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

function failed(operation: OperationName, more: Partial<FailedCall> = {}): FailedCall {
  const source = "the vault";
  return {
    operation,
    doing: "doing it",
    secrets: ["hidden"],
    credentialsSource: source,
    signed: true,
    ...more,
  };
}
const read = failed("lifecycleHooks.get");
const create = failed("lifecycleHooks.create");
const complete = failed("hangingInstances.complete");

/** Classifies an answer. */
function answered(call: FailedCall, status: number, body: unknown = {}, headers = {}): Classification {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return classify(call, { response: { status, headers, body: text } }, now);
}

function error(code: string, message = "m") {
  return Object.assign(new Error(message), { code });
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
      expect(answered(read, status, body).again).toBe(reading);
      expect(answered(create, status, body).again).toBe(creating);
      expect(answered(complete, status, body).again).toBe(completing);
    },
  );

  test("of a create behind which it may have taken effect is ambiguous, with what was answered", () => {
    const { error: classified } = answered(
      create,
      504,
      { error_code: "APIGW.0201" },
      { "x-request-id": "4f" },
    );
    expect(isAmbiguousError(classified)).toBe(true);
    expect(classified).toMatchObject({ status: 504, code: "APIGW.0201", requestId: "4f", retryable: false });
    expect(isServiceError(classified.cause)).toBe(true);
  });

  test("of a callback by an internal error is ambiguous, since it may have been served", () => {
    const { error: classified } = answered(complete, 500, { error: { code: "AS.0001" } });
    expect(isAmbiguousError(classified)).toBe(true);
  });
});

describe("a failure without a response", () => {
  test.each([
    ["ECONNRESET", "soon"],
    ["UND_ERR_SOCKET", "soon"],
    ["UND_ERR_CONNECT_TIMEOUT", "soon"],
    ["UND_ERR_HEADERS_TIMEOUT", "soon"],
    ["UND_ERR_BODY_TIMEOUT", "soon"],
    ["UND_ERR_PRX_CONN", "soon"],
    ["HPE_INVALID_CONSTANT", "soon"],
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "soon"],
    ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "never"],
    ["UND_ERR_CLOSED", "never"],
    ["UND_ERR_DESTROYED", "never"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "never"],
    ["UND_ERR_INVALID_ARG", "never"],
    ["CERT_HAS_EXPIRED", "never"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "never"],
  ] as const)(
    "of code %s is followed by another attempt of a call that may be repeated: %s",
    (code, again) => {
      expect(classify(read, { failure: error(code), wasSent: true }, now).again).toBe(again);
      expect(classify(create, { failure: error(code), wasSent: false }, now).again).toBe(again);
      expect(classify(create, { failure: error(code), wasSent: true }, now).again).toBe("never");
    },
  );

  test("of a create is ambiguous if something was sent, and a ConnectionError if nothing was", () => {
    const failure = error("ECONNRESET");
    expect(isAmbiguousError(classify(create, { failure, wasSent: true }, now).error)).toBe(true);
    expect(isConnectionError(classify(create, { failure, wasSent: false }, now).error)).toBe(true);
  });

  test.each(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"])(
    "of code %s is a TimeoutError",
    (code) => {
      const { error: classified } = classify(read, { failure: error(code), wasSent: true }, now);
      expect(isTimeoutError(classified) && isConnectionError(classified)).toBe(true);
    },
  );

  test("that is an error of this package ends the call as it is", () => {
    const failure = new ConfigurationError("no proxy", { operation: "client" });
    expect(classify(read, { failure, wasSent: false }, now)).toMatchObject({
      error: failure,
      again: "never",
    });
  });
});

describe("the message", () => {
  const told = (failure: unknown) => classify(read, { failure, wasSent: true }, now).error.message;

  test("tells the cause with its code, once", () => {
    expect(told(error("UND_ERR_SOCKET", "other side closed"))).toBe(
      "doing it: no response: other side closed (UND_ERR_SOCKET)",
    );
    expect(told(error("ECONNRESET", "read ECONNRESET"))).toBe("doing it: no response: read ECONNRESET");
    expect(told("nothing")).toBe("doing it: no response: nothing");
  });

  test("tells why the addresses of a host failed, not only that there were several", () => {
    const failure = Object.assign(new AggregateError([error("ECONNREFUSED", "connect ECONNREFUSED ::1:1")]), {
      code: "ECONNREFUSED",
    });
    expect(told(failure)).toBe("doing it: no response: connect ECONNREFUSED ::1:1");
  });

  test("tells OpenSSL's reason without the rest of its text", () => {
    const failure = Object.assign(
      error("ERR_SSL_UNSUPPORTED_PROTOCOL", "405D0545D27F0000:error:0A000102:SSL"),
      { reason: "unsupported protocol" },
    );
    expect(told(failure)).toBe(
      "doing it: no response: TLS: unsupported protocol (ERR_SSL_UNSUPPORTED_PROTOCOL)",
    );
  });

  test("tells what to do about a certificate, and about a proxy", () => {
    expect(told(error("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate"))).toContain(
      "NODE_EXTRA_CA_CERTS",
    );
    expect(told(error("UND_ERR_ABORTED", "Proxy response (502)"))).toContain(
      "the proxy (HTTPS_PROXY) did not connect to the endpoint: Proxy response (502)",
    );
  });

  test("leaves out what the other side has sent, and what is secret", () => {
    const failure = Object.assign(error("HPE_INVALID_CONSTANT", "got hidden"), {
      data: "X-Auth-Token: hidden",
    });
    const { error: classified } = classify(read, { failure, wasSent: true }, now);
    expect(classified.message).not.toContain("hidden");
    expect(classified.cause).not.toHaveProperty("data");
  });

  test("of a refusal tells meaning, remedy, code and request id", () => {
    const body = { error: { code: "AS.7038", message: "m" } };
    expect(answered(create, 400, body, { "x-request-id": "4f" }).error.message).toBe(
      "doing it: the group already has the most hooks that it can have; delete one first (AS.7038, request 4f)",
    );
  });

  test("of an unknown refusal quotes it, and gives the status in place of a code", () => {
    expect(answered(read, 418, "<title>teapot</title>").error.message).toBe(
      'doing it: the service refused it: "teapot" (HTTP 418)',
    );
    expect(answered(read, 418, "").error.message).toBe("doing it: the service refused it (HTTP 418)");
  });

  test("of AS.7041 does not quote the service's own text, which is that of another code", () => {
    const body = { error: { code: "AS.7041", message: "The lifecycle hook callback object is empty." } };
    expect(answered(create, 400, body).error.message).toBe(
      "doing it: the group already has a hook of this name; choose another name, or import that hook (AS.7041)",
    );
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
    expect(answered(read, 307, "", { location: "https://else.example.com" }).error.message).toContain(
      "a redirect to https://else.example.com, which is not followed",
    );
  });
});

describe("a clock that is wrong", () => {
  const refused = (minutes: number, call = read, status = 401) =>
    answered(
      call,
      status,
      { error_code: "APIGW.0301" },
      { date: new Date(now - minutes * 60_000).toUTCString() },
    ).error.message;

  test("is told when it is more than 15 minutes off, in each direction", () => {
    expect(refused(16)).toContain("this machine's clock is 16 minutes ahead of the service's; set the clock");
    expect(refused(-20)).toContain("this machine's clock is 20 minutes behind the service's; set the clock");
  });

  test.each([
    ["15 minutes are allowed", refused(15)],
    ["a token has no date", refused(60, failed("lifecycleHooks.get", { signed: false }))],
    ["another refusal has another reason", refused(60, read, 403)],
    ["a date may be missing", answered(read, 401, { error_code: "APIGW.0301" }).error.message],
    ["a date may be none", answered(read, 401, {}, { date: "soon" }).error.message],
  ])("is not blamed otherwise: %s", (_, message) => {
    expect(message).not.toContain("clock is");
  });

  test("else the source of the credentials is told", () => {
    expect(refused(0)).toContain("(they come from the vault)");
  });
});
