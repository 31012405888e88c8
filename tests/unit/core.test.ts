import { describe, expect, test } from "vitest";
import { check } from "../../provider/core/check";
import { formatHookId, parseHookId } from "../../provider/core/properties";
import {
  autoName,
  expandUrn,
  lifecycleHookToken,
  nameInUrn,
  scalingGroupActivationToken,
  shortUrn,
  shortUrnIn,
} from "../../provider/core/urn";
import { timeoutOf } from "../../provider/core/wait";
import { activationProviderText, providerText } from "../../provider/provider-text";
import { specificationLimits } from "../../sdk/api/limits";
import { checkedInputs } from "../support/hooks";

describe("the provider's text in every state", () => {
  test("is frozen: states of all times load it", () => {
    expect(providerText).toBe(
      "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-huaweicloud-as/runtime')",
    );
    expect(providerText).toHaveLength(103);
    expect(activationProviderText).toBe(providerText.replace("/runtime", "/activation-runtime"));
  });

  test("goes with a type token that is frozen, too", () => {
    expect(lifecycleHookToken).toBe("pulumi-nodejs:dynamic/huaweicloud/as:LifecycleHook");
    expect(scalingGroupActivationToken).toBe("pulumi-nodejs:dynamic/huaweicloud/as:ScalingGroupActivation");
  });
});

describe("a shortened URN", () => {
  test.each([
    ["urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", "drain", "dev::shop::::drain"],
    ["urn:pulumi:dev::shop::my:index:Fleet::web", "drain", "dev::shop::my:index:Fleet$::drain"],
    ["urn:pulumi:dev::shop::my:index:Fleet::w::b", "a::b", "dev::shop::my:index:Fleet$::a::b"],
    [
      `urn:pulumi:dev::shop::my:index:Fleet$${lifecycleHookToken}::boot`,
      "drain",
      `dev::shop::my:index:Fleet$${lifecycleHookToken}$::drain`,
    ],
  ])("of a hook in %s named %s", (parent, name, short) => {
    expect(shortUrnIn(parent, name)).toBe(short);
  });

  test.each([
    [shortUrn("dev", "shop", "", "drain"), `urn:pulumi:dev::shop::${lifecycleHookToken}::drain`],
    [
      shortUrn("dev", "shop", "my:index:Fleet$", "a::b"),
      `urn:pulumi:dev::shop::my:index:Fleet$${lifecycleHookToken}::a::b`,
    ],
  ])("%s tells the whole again", (short, urn) => {
    expect(expandUrn(short)).toBe(urn);
  });

  test("tells the resource's name, which may have colons in it", () => {
    expect(nameInUrn("dev::shop::::a::b")).toBe("a::b");
  });
});

describe("an automatic name", () => {
  test.each([
    ["drain", /^drain-[0-9a-f]{7}$/],
    ["web tier/drain.v2", /^web-tier-drain-v2-[0-9a-f]{7}$/],
    ["a-very-long-name-of-a-resource-in-the-program", /^a-very-long-name-of-a-re-[0-9a-f]{7}$/],
    ["排空", /^hook-[0-9a-f]{7}$/],
  ])("for %s is made valid and short", (name, expected) => {
    expect(autoName(`dev::shop::::${name}`)).toMatch(expected);
  });
});

describe("an id", () => {
  test("has the group and the name in it", () => {
    const address = { scalingGroupId: "group", lifecycleHookName: "drain" };
    expect(formatHookId(address)).toBe("group/drain");
    expect(parseHookId("group/drain")).toEqual(address);
  });

  test.each(["", "drain", "/drain", "group/", "group/drain/more"])("%j is refused with an example", (id) => {
    expect(() => parseHookId(id)).toThrow("<scaling group id>/<hook name>");
  });
});

describe("a time-out", () => {
  test.each([
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["1.5s", 1500],
    ["250ms", 250],
    ["ten minutes", 600_000],
  ])("of %s is %d milliseconds", (text, milliseconds) => {
    expect(timeoutOf("create", { create: text })).toBe(milliseconds);
  });

  test("is ten minutes by default", () => {
    expect(timeoutOf("delete", { create: "5m" })).toBe(600_000);
    expect(timeoutOf("delete", undefined)).toBe(600_000);
  });
});

test("a number that JSON does not have is shown as it is", () => {
  const [problem] = check(
    {},
    { ...checkedInputs, defaultTimeout: Number.NaN },
    { limits: specificationLimits, region: undefined, regionSource: "" },
  ).problems;
  expect(problem).toMatch(/^defaultTimeout NaN is not a whole number/);
});
