import { expect, test, vi } from "vitest";
import { isAutoScalingError, isServiceError, ServiceError } from "../../sdk/errors/errors";

test("an error knows what failed, and its guards tell it from others", () => {
  const cause = new Error("socket closed");
  const details = { operation: "lifecycleHooks.get", status: 404, code: "AS.0007", requestId: "r-1", cause };
  const error = new ServiceError("it does not exist", details);
  expect(error).toMatchObject({ ...details, name: "ServiceError", retryable: false });
  expect(error).toBeInstanceOf(Error);
  expect([isAutoScalingError(error), isServiceError(error), isServiceError(cause)]).toEqual([
    true,
    true,
    false,
  ]);
});

test("the guards know the errors of another copy of the package, which instanceof does not", async () => {
  vi.resetModules();
  const copy = await import("../../sdk/errors/errors.js");
  const error = new copy.ServiceError("refused", { operation: "lifecycleHooks.list", status: 400 });
  expect(error).not.toBeInstanceOf(ServiceError);
  expect([isAutoScalingError(error), isServiceError(error)]).toEqual([true, true]);
  expect(copy.isAmbiguousError(error)).toBe(false);
});
