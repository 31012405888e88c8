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
const hosts = `
af-north-1        as.af-north-1.myhuaweicloud.com        iam.af-north-1.myhuaweicloud.com        sts.af-north-1.myhuaweicloud.com
af-south-1        as.af-south-1.myhuaweicloud.com        iam.af-south-1.myhuaweicloud.com        sts.af-south-1.myhuaweicloud.com
ap-southeast-1    as.ap-southeast-1.myhuaweicloud.com    iam.ap-southeast-1.myhuaweicloud.com    sts.ap-southeast-1.myhuaweicloud.com
ap-southeast-2    as.ap-southeast-2.myhuaweicloud.com    iam.ap-southeast-2.myhuaweicloud.com    sts.ap-southeast-2.myhuaweicloud.com
ap-southeast-3    as.ap-southeast-3.myhuaweicloud.com    iam.ap-southeast-3.myhuaweicloud.com    sts.ap-southeast-3.myhuaweicloud.com
ap-southeast-4    as.ap-southeast-4.myhuaweicloud.com    iam.ap-southeast-4.myhuaweicloud.com    sts.ap-southeast-4.myhuaweicloud.com
ap-southeast-5    as.ap-southeast-5.myhuaweicloud.com    iam.ap-southeast-5.myhuaweicloud.com    sts.ap-southeast-5.myhuaweicloud.com
cn-east-2         as.cn-east-2.myhuaweicloud.com         iam.cn-east-2.myhuaweicloud.com         sts.cn-east-2.myhuaweicloud.com
cn-east-3         as.cn-east-3.myhuaweicloud.com         iam.cn-east-3.myhuaweicloud.com         sts.cn-east-3.myhuaweicloud.com
cn-east-4         as.cn-east-4.myhuaweicloud.com         iam.cn-east-4.myhuaweicloud.com         sts.cn-east-4.myhuaweicloud.com
cn-east-5         as.cn-east-5.myhuaweicloud.com         iam.cn-east-5.myhuaweicloud.com         sts.cn-east-5.myhuaweicloud.com
cn-north-1        as.cn-north-1.myhuaweicloud.com        iam.cn-north-1.myhuaweicloud.com        sts.cn-north-1.myhuaweicloud.com
cn-north-2        as.cn-north-2.myhuaweicloud.com        iam.cn-north-2.myhuaweicloud.com        sts.cn-north-2.myhuaweicloud.com
cn-north-4        as.cn-north-4.myhuaweicloud.com        iam.cn-north-4.myhuaweicloud.com        sts.cn-north-4.myhuaweicloud.com
cn-north-9        as.cn-north-9.myhuaweicloud.com        iam.cn-north-9.myhuaweicloud.com        sts.cn-north-9.myhuaweicloud.com
cn-north-11       as.cn-north-11.myhuaweicloud.com       iam.cn-north-11.myhuaweicloud.com       sts.cn-north-11.myhuaweicloud.com
cn-north-12       as.cn-north-12.myhuaweicloud.com       iam.cn-north-12.myhuaweicloud.com       sts.cn-north-12.myhuaweicloud.com
cn-south-1        as.cn-south-1.myhuaweicloud.com        iam.cn-south-1.myhuaweicloud.com        sts.cn-south-1.myhuaweicloud.com
cn-south-2        as.cn-south-2.myhuaweicloud.com        iam.cn-south-2.myhuaweicloud.com        sts.cn-south-2.myhuaweicloud.com
cn-south-4        as.cn-south-4.myhuaweicloud.com        iam.cn-south-4.myhuaweicloud.com        sts.cn-south-4.myhuaweicloud.com
cn-southwest-2    as.cn-southwest-2.myhuaweicloud.com    iam.cn-southwest-2.myhuaweicloud.com    sts.cn-southwest-2.myhuaweicloud.com
cn-southwest-3    as.cn-southwest-3.myhuaweicloud.com    iam.cn-southwest-3.myhuaweicloud.com    sts.cn-southwest-3.myhuaweicloud.com
eu-west-0         as.eu-west-0.myhuaweicloud.com         iam.eu-west-0.myhuaweicloud.com         sts.eu-west-0.myhuaweicloud.com
eu-west-101       as.eu-west-101.myhuaweicloud.eu        iam.myhuaweicloud.eu                    sts.eu-west-101.myhuaweicloud.eu
la-north-2        as.la-north-2.myhuaweicloud.com        iam.la-north-2.myhuaweicloud.com        sts.la-north-2.myhuaweicloud.com
la-south-2        as.la-south-2.myhuaweicloud.com        iam.la-south-2.myhuaweicloud.com        sts.la-south-2.myhuaweicloud.com
me-east-1         as.me-east-1.myhuaweicloud.com         iam.me-east-1.myhuaweicloud.com         sts.me-east-1.myhuaweicloud.com
my-kualalumpur-1  as.my-kualalumpur-1.myhuaweicloud.com  iam.my-kualalumpur-1.myhuaweicloud.com  sts.my-kualalumpur-1.myhuaweicloud.com
na-mexico-1       as.na-mexico-1.myhuaweicloud.com       iam.na-mexico-1.myhuaweicloud.com       sts.na-mexico-1.myhuaweicloud.com
ru-moscow-1       as.ru-moscow-1.hc.sbercloud.ru         iam.ru-moscow-1.hc.sbercloud.ru         sts.ru-moscow-1.hc.sbercloud.ru
ru-northwest-2    as.ru-northwest-2.myhuaweicloud.com    iam.ru-northwest-2.myhuaweicloud.com    sts.ru-northwest-2.myhuaweicloud.com
sa-brazil-1       as.sa-brazil-1.myhuaweicloud.com       iam.sa-brazil-1.myhuaweicloud.com       sts.sa-brazil-1.myhuaweicloud.com
tr-west-1         as.tr-west-1.myhuaweicloud.com         iam.tr-west-1.myhuaweicloud.com         sts.tr-west-1.myhuaweicloud.com
`;

test("every known region has the hosts that are written here, and no other region is known", () => {
  const table = knownRegions.map((region) => {
    const { autoscaling, iam, sts } = endpointsOf(region);
    return [region, autoscaling, iam, sts].map((address) => address.replace(/^https:\/\//, "")).join(" ");
  });
  expect(table).toEqual(hosts.trim().replaceAll(/ +/g, " ").split("\n"));
});

test("an operator's domain replaces the exceptions of a region, too", () => {
  expect(endpointsOf("eu-west-101", { cloud: "example.com" })).toEqual({
    autoscaling: "https://as.eu-west-101.example.com",
    iam: "https://iam.eu-west-101.example.com",
    sts: "https://sts.eu-west-101.example.com",
  });
});

test("a region and a domain become part of a host name, so they can't change it", () => {
  for (const name of ["cn-north-4", "x"]) expect(isRegionName(name)).toBe(true);
  for (const name of ["", "cn-north-4/", "a.b", "a@b", "-a", "a--b", "A"])
    expect(isRegionName(name)).toBe(false);
  for (const name of ["myhuaweicloud.com", "hc.sbercloud.ru", "A-1.com"])
    expect(isDomainName(name)).toBe(true);
  for (const name of ["", "a/b", "a.com:80", "a@b.com", ".com", "a..b"])
    expect(isDomainName(name)).toBe(false);
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

  test("loses its slashes at the end in a time that grows with its length", () => {
    const slashes = "/".repeat(500_000);
    const start = performance.now();
    expect(endpointsOf("x", { iam: `https://a.com${slashes}b${slashes}` }).iam.endsWith("/b")).toBe(true);
    expect(performance.now() - start).toBeLessThan(500);
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
    expect(resolveEndpoints(region, local, { iam: "http://127.0.0.1:3" })).toMatchObject({
      autoscaling: "http://127.0.0.1:1",
      iam: "http://127.0.0.1:3",
    });
    expect(resolveEndpoints(region, local, { autoscaling: "http://127.0.0.1:3" })).toMatchObject({
      autoscaling: "http://127.0.0.1:3",
      iam: "http://127.0.0.1:2",
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
    expect(resolveEndpoints(region, environment, { cloud: "example.org" }).sts).toBe(
      "https://sts.cn-north-4.example.org",
    );
  });

  test.each([
    [
      { HW_CLOUD: "example.com/x" },
      {},
      'HW_CLOUD "example.com/x" is not a domain, such as myhuaweicloud.com',
    ],
    [{}, { cloud: "a b" }, 'cloud "a b" is not a domain'],
    [{ HW_ENDPOINTS: "nowhere" }, {}, "HW_ENDPOINTS: is not an object in JSON"],
    [{ HUAWEICLOUD_SDK_IAM_ENDPOINT: "iam" }, {}, "HUAWEICLOUD_SDK_IAM_ENDPOINT iam is not a URL"],
    [
      { HUAWEICLOUD_SDK_STS_ENDPOINT: "http://a.com" },
      {},
      "HUAWEICLOUD_SDK_STS_ENDPOINT http://a.com is not https",
    ],
    [{}, { iam: "http://a.com" }, "the iam endpoint http://a.com is not https"],
  ])("%j and %j are refused by name", (environment, given, problem) => {
    expect(() => resolveEndpoints(region, environment, given)).toThrow(problem);
  });
});
