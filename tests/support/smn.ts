import { vi } from "vitest";
import type { Emulator } from "../../sdk/emulator";
import { topicUrn } from "./emulator-calls";
import type { HttpServer } from "./servers";

/** What SMN posts to an endpoint. */
export type Posted = Partial<Record<string, string>>;

/** What SMN posted to a server, once there is so much of it. */
export async function posted(server: HttpServer, count: number): Promise<Posted[]> {
  await vi.waitUntil(() => server.requests.length >= count, { timeout: 10_000 });
  return server.requests.map(({ body }) => JSON.parse(body) as Posted);
}

/** Has a topic's messages sent to a server. @returns what the server was posted: it is asked to confirm that */
export async function subscribe({ url }: Emulator, server: HttpServer): Promise<Posted> {
  const body = JSON.stringify({ topic_urn: topicUrn, endpoint: server.url });
  await fetch(`${url}/emulator/subscriptions`, { method: "POST", body });
  const [confirmation = {}] = await posted(server, 1);
  return confirmation;
}

/** Follows a link of a message. */
export const follow = (link = ""): Promise<Response> => fetch(link);
