import { expect } from "vitest";
import type { Interceptor } from "../../sdk/emulator";
import { cleared, expectConverged, expectEmpty, given, groupsOf, namesOf, sending } from "./convergence";
import type { Driver, Outcome } from "./driver";
import { declared, mapProgram, secretText } from "./fleet";
import type { Law } from "./law";

/** What the service and the network do to the hooks. */

const secrets: Law = {
  title: "no secret is kept or told in clear, not even when the service repeats it",
  async run(driver, fleet) {
    const withMetadata = (notificationMetadata: string) =>
      mapProgram(fleet, ({ inputs }) => declared({ ...inputs, notificationMetadata }));
    const secret = withMetadata(`${secretText}-again`);
    const quietly = async (outcome: Promise<Outcome>) => {
      const { said } = await outcome;
      expect(said).not.toContain(secretText);
      expect(await driver.keptText()).not.toContain(secretText);
      return outcome;
    };
    await given(driver, fleet);
    const stop = driver.emulator.intercept(({ body }) => ({
      answer: { status: 400, body: { error: { code: "AS.9999", message: `no: ${body}` } } },
    }));
    const refused = await quietly(driver.up(secret));
    stop();
    expect(refused.failed).toBe(true);
    expect(refused.said).toContain("AS.9999");
    await quietly(driver.up(secret));
    await expectConverged(driver, secret);
    await quietly(driver.refresh());
    expect((await quietly(driver.preview(withMetadata(`${secretText}<`)))).failed).toBe(true);
  },
};

const becomingSecret: Law = {
  title: "a value that becomes a secret does not stay in the state in clear, and no request is sent for it",
  async run(driver, fleet) {
    const plain = mapProgram(fleet, ({ inputs }) => ({
      inputs: { ...inputs, notificationMetadata: "open" },
    }));
    const concealed = mapProgram(plain, ({ inputs }) => ({ inputs, secrets: ["notificationMetadata"] }));
    await given(driver, plain);
    expect(await driver.keptText()).toContain('"open"');
    const { outcome, sent } = await sending(driver, () => driver.up(concealed));
    expect(outcome.failed).toBe(false);
    expect(sent).toEqual([]);
    expect(await driver.keptText()).not.toContain('"open"');
    expect((await driver.up(concealed)).steps).toEqual([]);
    await expectConverged(driver, concealed);
  },
};

const madeButUnreadable = ({ emulator }: Driver): Interceptor => {
  return ({ method, path, body }) => {
    const [, , , , resource, group = ""] = path.split("/");
    if (resource !== "scaling_lifecycle_hook") return undefined;
    if (method === "GET" && !path.endsWith("/list")) return { answer: { status: 403, body: "no" } };
    if (method !== "POST") return undefined;
    emulator.putHook(group, JSON.parse(body));
    return { answer: { status: 200, body: "made" } };
  };
};

const madeAndFailed: Law = {
  title: "a failure after the hook was made keeps its id, and up completes it",
  async run(driver, fleet) {
    await cleared(driver);
    const stop = driver.emulator.intercept(madeButUnreadable(driver));
    const outcome = await driver.up(fleet);
    stop();
    expect(outcome.failed).toBe(true);
    // The engine begins no more once one has failed: those that it had begun are kept, each that was made.
    const kept = Object.keys(await driver.kept());
    const made = groupsOf(fleet).flatMap((group) => driver.emulator.hooks(group));
    expect(made.length).toBeGreaterThan(0);
    expect(kept).toHaveLength(made.length);
    const again = await sending(driver, () => driver.up(fleet));
    const steps = namesOf(fleet).map((name) => `${kept.includes(name) ? "update" : "create"} ${name}`);
    expect(again.outcome.steps.toSorted()).toEqual(steps.toSorted());
    // Where all of them were made, one list a group is all that it takes to complete them.
    if (kept.length === namesOf(fleet).length) expect(again.sent).toEqual(groupsOf(fleet).map(() => "GET"));
    const changes = again.sent.filter((method) => method !== "GET");
    expect(changes).toEqual(namesOf(fleet).flatMap((name) => (kept.includes(name) ? [] : ["POST"])));
    await expectConverged(driver, fleet);
    expect((await driver.up(fleet)).steps).toEqual([]);
  },
};

const slowly: Law = {
  title: "a refresh and a destroy of everything at once are right, however slow the service is",
  async run(driver, fleet) {
    await given(driver, fleet);
    const stop = driver.emulator.intercept(() => ({ delay: 100 }));
    const refresh = await sending(driver, () => driver.refresh());
    expect(refresh.outcome).toMatchObject({ steps: [], failed: false });
    expect(refresh.sent).toEqual(groupsOf(fleet).map(() => "GET"));
    const destroy = await sending(driver, () => driver.destroy());
    stop();
    expect(destroy.outcome.failed).toBe(false);
    expect(destroy.sent).toEqual(namesOf(fleet).map(() => "DELETE"));
    expectEmpty(driver, fleet);
  },
};

export const troubleLaws: readonly Law[] = [secrets, becomingSecret, madeAndFailed, slowly];
