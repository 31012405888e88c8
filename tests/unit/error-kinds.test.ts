import { describe, expect, test } from "vitest";
import {
  ConnectionError,
  isBusy,
  isDuplicateName,
  isNotFound,
  isPermissionDenied,
  isThrottled,
  knownRegions,
  ServiceError,
  specificationLimits,
} from "../../sdk";
import { explanationOf, kindOf } from "../../sdk/errors/codes";

const guards = { isNotFound, isDuplicateName, isBusy, isThrottled, isPermissionDenied };
const refusal = (status: number, code?: string) =>
  new ServiceError("no", { operation: "lifecycleHooks.get", status, code });

describe("the guards of refusals", () => {
  test.each([
    [404, "AS.0007", "isNotFound"],
    [404, undefined, "isNotFound"],
    [400, "AS.2007", "isNotFound"],
    [400, "AS.7041", "isDuplicateName"],
    [400, "AS.2033", "isBusy"],
    [400, "AS.0003", "isBusy"],
    [400, "AS.2047", "isBusy"],
    [400, "AS.2054", "isBusy"],
    [429, undefined, "isThrottled"],
    [429, "AS.2033", "isThrottled"],
    [403, "APIGW.0308", "isThrottled"],
    [403, undefined, "isPermissionDenied"],
    [400, "AS.0031", "isPermissionDenied"],
    [403, "AS.0011", "isPermissionDenied"],
    [404, "APIGW.0101", undefined],
    [400, "AS.7038", undefined],
    [500, "AS.0001", undefined],
    [502, undefined, undefined],
  ] as const)("agree that %i %s is %s", (status, code, expected) => {
    const error = refusal(status, code);
    const named = Object.entries(guards).filter(([, guard]) => guard(error));
    expect(named.map(([name]) => name)).toEqual(expected === undefined ? [] : [expected]);
  });

  const lost = new ConnectionError("no", { operation: "lifecycleHooks.get", status: 404 });
  test.each([undefined, null, "AS.2033", { status: 404 }, new Error("AS.7041"), lost])(
    "are false of what is no refusal: %o",
    (value) => {
      expect(Object.values(guards).some((guard) => guard(value))).toBe(false);
    },
  );
});

test("a transient code with a status that is no fault of the service is a refusal for good", () => {
  expect(kindOf({ status: 500, code: "AS.0001" })).toBe("transient");
  expect(kindOf({ status: 400, code: "AS.0001" })).toBeUndefined();
});

test.each(["constructor", "__proto__", "toString", ""])("the code %j has no explanation", (code) => {
  expect(explanationOf(code)).toBeUndefined();
});

test("the exported tables can't be changed", () => {
  expect(Object.isFrozen(knownRegions)).toBe(true);
  expect(Object.isFrozen(specificationLimits)).toBe(true);
});
