import { beforeEach, expect, test } from "vitest";
import { type EmulatorOptions, ManualClock } from "../../sdk/emulator";
import { settingsOf } from "../../sdk/emulator/options";
import { Deliveries, type Delivery, type Envelope } from "../../sdk/emulator/smn/delivery";
import { topicUrn } from "../support/emulator-calls";
import { always, firstly, startHttpServer, startTcpServer } from "../support/servers";

const envelope: Envelope = {
  type: "Notification",
  message: "hi",
  message_id: "1",
  topic_urn: topicUrn,
  timestamp: "2026-01-02T03:04:05Z",
};
const start = Date.parse(envelope.timestamp);
let clock: ManualClock;
let told: Delivery[];
beforeEach(() => {
  clock = new ManualClock(start);
  told = [];
});

function deliveriesOf(unknowns: EmulatorOptions["unknowns"] = {}): Deliveries {
  const settings = settingsOf({ clock, unknowns });
  return new Deliveries({
    ...settings,
    ...settings.behaviour,
    ...settings.unknowns,
    url: () => "http://smn",
  });
}

/** Sends a message to a server; before each further try as many seconds pass as are given for it. */
function deliver(server: { readonly url: string }, seconds: number[] = [], deliveries = deliveriesOf()) {
  return deliveries.send(server.url, envelope, (delivery) => {
    told.push(delivery);
    const [wait = 0] = seconds.splice(0, 1);
    if (delivery.outcome === "sending") queueMicrotask(() => clock.advance(wait * 1000));
  });
}

test("a message is sent again after a 5xx, the same each time, until it is taken", async () => {
  await using server = await startHttpServer(firstly([503], [500], [204]));
  expect(await deliver(server, [1, 2])).toMatchObject({ outcome: "delivered", tries: 3, reason: "204" });
  expect(told.map(({ outcome }) => outcome)).toEqual(["sending", "sending", "delivered"]);
  expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
});

test("a message is given up after six tries more, each twice as late as the one before", async () => {
  await using server = await startHttpServer(always(500));
  const end = await deliver(server, [1, 2, 4, 8, 16, 32]);
  expect(end).toEqual({ endpoint: server.url, outcome: "given up", tries: 7, reason: "500" });
  expect(server.requests).toHaveLength(7);
  expect(clock.now() - start).toBe(63_000);
});

test.each([404, 302, 429])("a message is not sent again after %i", async (status) => {
  await using server = await startHttpServer(always(status, "", { location: "/" }));
  expect(await deliver(server)).toMatchObject({ outcome: "given up", tries: 1 });
  expect(server.requests).toHaveLength(1);
});

test("a message is given up where nothing listens", async () => {
  const server = await startTcpServer(() => {});
  await server[Symbol.asyncDispose]();
  const reason = expect.stringContaining("ECONNREFUSED");
  expect(await deliver(server)).toMatchObject({ outcome: "given up", tries: 1, reason });
});

test.each([
  ["given up", {}],
  ["sending", { retryTimeouts: true }],
])("an endpoint has five seconds to answer; then a message is %s, with %j", async (outcome, unknowns) => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  await using server = await startHttpServer(() => arrive());
  void deliver(server, [], deliveriesOf(unknowns));
  await arrived;
  clock.advance(4999);
  expect(told).toEqual([]);
  clock.advance(1);
  await expect.poll(() => told).toMatchObject([{ outcome, tries: 1, reason: "no answer in 5 s" }]);
});

test("an endpoint that took none of three messages is left out for five minutes", async () => {
  await using server = await startHttpServer(firstly([400], [400], [400]));
  const deliveries = deliveriesOf();
  for (let count = 1; count <= 3; count++) await deliver(server, [], deliveries);
  expect(await deliver(server, [], deliveries)).toMatchObject({ outcome: "shut out", tries: 0 });
  clock.advance(5 * 60_000);
  expect(await deliver(server, [], deliveries)).toMatchObject({ outcome: "delivered" });
  expect(server.requests).toHaveLength(4);
});
