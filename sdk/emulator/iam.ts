import { parameter } from "./http/request";
import { type Call, call } from "./http/routes";

/** The account that the project belongs to; nothing here depends on it. */
const domainId = "fedcba9876543210fedcba9876543210";

/** IAM's look-up of projects: each region has one that is named like it. */
export const iamCalls: readonly Call[] = [
  {
    ...call("GET", "/v3/projects", "unlimited", ({ region, projectId }, request) => {
      const name = parameter(request, "name");
      const self = `https://iam.${region}.myhuaweicloud.com/v3/projects`;
      const project = {
        domain_id: domainId,
        is_domain: false,
        parent_id: domainId,
        name: region,
        description: "",
        links: { self: `${self}/${projectId}` },
        id: projectId,
        enabled: true,
      };
      const projects = name === undefined || name === region ? [project] : [];
      return { projects, links: { self, next: null, previous: null } };
    }),
    service: "iam",
  },
];
