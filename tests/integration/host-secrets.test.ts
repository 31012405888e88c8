import { beforeAll, describe, expect, test } from "vitest";
import { emulatorOfFile } from "../support/emulator";
import { checkedInputs, groupId } from "../support/hooks";
import { failureOf, Host } from "../support/host";

/** Which values the state gets as secrets, where the engine can't know it. */

const emulator = emulatorOfFile();
let host: Host;
const id = `${groupId}/drain`;

beforeAll(async () => {
  host = await Host.start(emulator.env);
});

/** As the engine writes a secret. */
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const place = () => ({ region: emulator.region, projectId: emulator.projectId });
const metadata = { notificationMetadata: "hunter2", __secrets: ["notificationMetadata"] };

describe("the state of a hook with a secret input", () => {
  test("has it as a secret, after its creation and after a refresh, also when the state had none", async () => {
    const { outputs } = await host.create({ ...checkedInputs, ...metadata });
    expect(outputs.notificationMetadata).toEqual(secret("hunter2"));
    const { notificationMetadata: _, ...others } = outputs;
    for (const known of [{ ...others, notificationMetadata: "hunter2" }, others]) {
      const read = await host.read(id, known);
      expect(read.outputs.notificationMetadata).toEqual(secret("hunter2"));
      expect(read.inputs.notificationMetadata).toEqual(secret("hunter2"));
    }
  });

  test("has the topic's name as a secret, where its URN is one", async () => {
    const { outputs } = await host.create({ ...checkedInputs, __secrets: ["notificationTopicUrn"] });
    expect(outputs.notificationTopicName).toEqual(secret("scaling"));
    expect(outputs.lifecycleHookType).toBe("INSTANCE_TERMINATING");
  });

  test("has it as a secret when it was to be removed and the service kept it", async () => {
    await host.create({ ...checkedInputs, ...metadata });
    const [hook] = emulator.hooks(groupId);
    emulator.intercept(({ method }) =>
      method === "PUT" ? { answer: { status: 200, body: hook } } : undefined,
    );
    const olds = { ...checkedInputs, ...metadata, ...place() };
    const { message, partial } = await failureOf(host.update(id, olds, checkedInputs));
    expect(message).not.toContain("hunter2");
    expect(partial?.properties.notificationMetadata).toEqual(secret("hunter2"));
  });
});

test("an input that becomes a secret, or is none any more, is a change, so that the state is written anew; it sends nothing", async () => {
  const plain = { ...checkedInputs, notificationMetadata: "hunter2" };
  const { outputs } = await host.create(plain);
  emulator.clearRequests();
  const concealed = { ...plain, __secrets: ["notificationMetadata"] };
  expect(await host.diff(id, outputs, concealed)).toEqual({ changes: true, replaces: [] });
  const updated = await host.update(id, outputs, concealed);
  expect(updated.outputs.notificationMetadata).toEqual(secret("hunter2"));
  const known = { ...updated.outputs, notificationMetadata: "hunter2" };
  expect(await host.diff(id, known, concealed)).toEqual({ changes: false, replaces: [] });
  expect(await host.diff(id, known, plain)).toEqual({ changes: true, replaces: [] });
  expect(emulator.requests).toEqual([]);
});

test("a failure that repeats what was sent tells neither the new secret of an update nor the old one", async () => {
  const { outputs } = await host.create({ ...checkedInputs, ...metadata });
  emulator.intercept(({ body }) => ({
    answer: { status: 400, body: { error: { code: "AS.9999", message: `not ${body} after hunter2` } } },
  }));
  const olds = { ...outputs, notificationMetadata: "hunter2" };
  for (const news of [{ notificationMetadata: "hunter3", __secrets: ["notificationMetadata"] }, {}]) {
    const { message } = await failureOf(host.update(id, olds, { ...checkedInputs, ...news }));
    expect(message).toContain("AS.9999");
    expect(message).not.toContain("hunter");
  }
  expect(host.stderr).toBe("");
});
