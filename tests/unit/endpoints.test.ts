import { describe, expect, test } from "vitest";
import {
  endpointProblem,
  endpointsOf,
  isDomainName,
  isRegionName,
  knownRegions,
} from "../../sdk/configuration/endpoints";
import { resolveEndpoints } from "../../sdk/configuration/environment";

/** Written out, so that a change of the rule or of a region's exception shows here. */
const regions = `
  af-north-1 af-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 cn-east-2 cn-east-3
  cn-east-4 cn-east-5 cn-north-1 cn-north-2 cn-north-4 cn-north-9 cn-north-11 cn-north-12 cn-south-1 cn-south-2
  cn-south-4 cn-southwest-2 cn-southwest-3 eu-west-0 eu-west-101 la-north-2 la-south-2 me-east-1 my-kualalumpur-1
  na-mexico-1 ru-moscow-1 ru-northwest-2 sa-brazil-1 tr-west-1`;
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "eu-west-101": [
    "as.eu-west-101.myhuaweicloud.eu",
    "iam.myhuaweicloud.eu",
    "sts.eu-west-101.myhuaweicloud.eu",
  ],
  "ru-moscow-1": ["as", "iam", "sts"].map((service) => `${service}.ru-moscow-1.hc.sbercloud.ru`),
};

test("the known regions are those that are written here", () => {
  expect(knownRegions).toEqual(regions.trim().split(/\s+/));
});

test.each(knownRegions)("%s has the hosts of the rule, or those that are written here", (region) => {
  const usual = ["as", "iam", "sts"].map((service) => `${service}.${region}.myhuaweicloud.com`);
  const { autoscaling, iam, sts } = endpointsOf(region);
  expect([autoscaling, iam, sts]).toEqual((exceptions[region] ?? usual).map((host) => `https://${host}`));
});

test("an operator's domain replaces the exceptions of a region, too", () => {
  expect(endpointsOf("eu-west-101", { cloud: "example.com" })).toEqual({
    autoscaling: "https://as.eu-west-101.example.com",
    iam: "https://iam.eu-west-101.example.com",
    sts: "https://sts.eu-west-101.example.com",
  });
});

test("a region and a domain become part of a host name, so they can't change it", () => {
  expect(["cn-north-4", "x"].every(isRegionName)).toBe(true);
  expect(["", "cn-north-4/", "a.b", "a@b", "-a", "a--b", "A"].some(isRegionName)).toBe(false);
  expect(["myhuaweicloud.com", "hc.sbercloud.ru", "A-1.com"].every(isDomainName)).toBe(true);
  expect(["", "a/b", "a.com:80", "a@b.com", ".com", "a..b"].some(isDomainName)).toBe(false);
});

describe("an endpoint", () => {
  test.each([
    "https://as.example.com",
    "https://as.example.com:8443/api/as",
    "https://as.example.com/a%20b",
    "http://127.0.0.1:1",
    "http://localhost:1",
    "http://[::1]:1",
  ])("%s can be used", (address) => {
    expect(endpointProblem("endpoint", address)).toBeUndefined();
  });

  test.each([
    ["as.example.com", "endpoint as.example.com is not a URL"],
    ["http://as.example.com", "endpoint http://as.example.com is not https"],
    ["https://as.example.com/?a=b", "endpoint https://as.example.com/?a=b has a query or a fragment"],
    ["https://as.example.com/a%2", "has a % that encodes no character in its path"],
    ["https://as.example.com/%ff", "has a % that encodes no character in its path"],
  ])("%s can't be used", (address, problem) => {
    expect(endpointProblem("endpoint", address)).toContain(problem);
  });

  test("with a password is refused without it", () => {
    for (const address of ["https://user:secret@as.example.com", "user:secret@as.example.com"]) {
      expect(endpointProblem("endpoint", address)).toBe("endpoint has a user name or password in it");
    }
  });

  test("loses its slashes at the end, and no others", () => {
    expect(endpointsOf("x", { iam: "https://a.com//b//" }).iam).toBe("https://a.com//b");
  });
});

describe("the endpoints of a region in an environment", () => {
  const local = { HW_ENDPOINTS: '{"autoscaling": "http://127.0.0.1:1", "iam": "http://127.0.0.1:2"}' };
  const sdks = {
    HUAWEICLOUD_SDK_IAM_ENDPOINT: "https://iam.example.com",
    HUAWEICLOUD_SDK_STS_ENDPOINT: "https://sts.example.com/",
  };
  const region = "cn-north-4";

  test("are the region's own when nothing names others", () => {
    expect(resolveEndpoints(region, {})).toEqual(endpointsOf(region));
    expect(resolveEndpoints(region, { HW_ENDPOINTS: "", HW_CLOUD: "" })).toEqual(endpointsOf(region));
  });

  test("are replaced one by one: a given one leaves the others to HW_ENDPOINTS", () => {
    const [autoscaling, iam, given] = ["http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"];
    expect(resolveEndpoints(region, local, { iam: given })).toMatchObject({ autoscaling, iam: given });
    expect(resolveEndpoints(region, local, { autoscaling: given })).toMatchObject({
      autoscaling: given,
      iam,
    });
  });

  test("come from HW_ENDPOINTS, then the credentials' source, then the SDKs' variables", () => {
    const ofCredentials = "https://iam.of-credentials.example.com";
    expect(resolveEndpoints(region, { ...local, ...sdks }, {}, ofCredentials).iam).toBe("http://127.0.0.1:2");
    expect(resolveEndpoints(region, sdks, {}, ofCredentials).iam).toBe(ofCredentials);
    expect(resolveEndpoints(region, sdks)).toEqual({
      autoscaling: "https://as.cn-north-4.myhuaweicloud.com",
      iam: "https://iam.example.com",
      sts: "https://sts.example.com",
    });
  });

  test("follow HW_CLOUD, and a given domain before it", () => {
    const environment = { HW_CLOUD: "example.com" };
    expect(resolveEndpoints(region, environment).sts).toBe("https://sts.cn-north-4.example.com");
    const { sts } = resolveEndpoints(region, environment, { cloud: "example.org" });
    expect(sts).toBe("https://sts.cn-north-4.example.org");
  });

  test.each([
    [{ HW_CLOUD: "a.com/x" }, {}, 'HW_CLOUD "a.com/x" is not a domain, such as myhuaweicloud.com'],
    [{}, { cloud: "a b" }, 'cloud "a b" is not a domain'],
    [{ HW_ENDPOINTS: "[]" }, {}, "HW_ENDPOINTS: is not an object in JSON"],
    [{ HUAWEICLOUD_SDK_IAM_ENDPOINT: "iam" }, {}, "HUAWEICLOUD_SDK_IAM_ENDPOINT iam is not a URL"],
    [{ HUAWEICLOUD_SDK_STS_ENDPOINT: "http://a" }, {}, "HUAWEICLOUD_SDK_STS_ENDPOINT http://a is not https"],
    [{}, { iam: "http://a.com" }, "the iam endpoint http://a.com is not https"],
  ])("%j and %j are refused by name", (environment, given, problem) => {
    expect(() => resolveEndpoints(region, environment, given)).toThrow(problem);
  });
});
