import type { RequestLogEntry } from "pulumi-huaweicloud-as/emulator";

/** What a request is for; `GET hooks` is the list of all hooks of a group. */
export type Call = "GET project" | "POST hook" | "GET hook" | "GET hooks" | "PUT hook" | "DELETE hook";

type Request = Pick<RequestLogEntry, "method" | "path" | "query" | "body">;

/** What a request is for, in the words of {@link Call}; its path where it is for nothing that is known here. */
export function callOf({ method, path }: Request): string {
  if (path === "/v3/projects") return `${method} project`;
  const [, rest] = path.split("/scaling_lifecycle_hook/");
  if (rest === undefined) return `${method} ${path}`;
  return `${method} ${rest.endsWith("/list") ? "hooks" : "hook"}`;
}

/** The path without what is the same in each, and with the first digits of UUIDs. */
export function shortPath({ path, query }: Request): string {
  const short = path
    .replace(/^\/autoscaling-api\/v1\/[^/]+/, "…")
    .replace(/\b([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "$1…");
  return query === "" ? short : `${short}?${query}`;
}

/** The name of the hook that a body is about: the path of a create doesn't tell it. */
export function hookNameIn({ body }: Request): string | undefined {
  return /"lifecycle_hook_name":"([^"]*)"/.exec(body)?.[1];
}

/** `1 GET, 2 POST`, or `none`. */
export function countByMethod(requests: readonly Pick<Request, "method">[]): string {
  const counts = new Map<string, number>();
  for (const { method } of requests) counts.set(method, (counts.get(method) ?? 0) + 1);
  return [...counts].map(([method, count]) => `${count} ${method}`).join(", ") || "none";
}
