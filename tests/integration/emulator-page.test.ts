import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { browserMissing, browserPath, startBrowser } from "../support/browser";
import { call, pathsOf } from "../support/emulator-calls";
import { groupId as group } from "../support/hooks";
import { always, startHttpServer } from "../support/servers";

let browser: Browser;
let emulator: Emulator;
let page: Page;
let problems: string[];

describe.skipIf(browserPath === undefined)(`the page in a browser${browserMissing}`, () => {
  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  beforeEach(async () => {
    emulator = await startEmulator({ launchTime: 0, removalTime: 0 });
    emulator.putHook(group, { lifecycle_hook_name: "boot", default_timeout: 600 });
    page = await browser.newPage();
    problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await page.goto(emulator.url);
    await page.getByText("live", { exact: true }).waitFor();
  });
  afterEach(async () => {
    await page.close();
    await emulator.close();
  });

  const button = (name: RegExp) => page.getByRole("button", { name });
  const states = () => emulator.instances(group).map((one) => one.life_cycle_state);

  test("shows an instance hang once it is scaled out, and completes it", async () => {
    await button(/^Scale out/).click();
    await page.getByText("PENDING_WAIT").waitFor();
    expect(await page.locator("time").textContent()).toMatch(/^(10:00|9:5\d) left$/);
    await button(/^CONTINUE: .* on boot$/).click();
    await page.getByText("INSERVICE", { exact: true }).nth(1).waitFor();
    expect(states()).toEqual(["INSERVICE"]);
    await button(/^Scale in/).click();
    await page.getByText("No instances.").waitFor();
    expect(problems).toEqual([]);
  });

  test("extends and abandons, pauses and resumes", async () => {
    await button(/^Scale out/).click();
    await button(/^EXTEND/).click();
    await page.getByText(/^1:(10:00|09:5\d) left$/).waitFor();
    await button(/^Pause/).click();
    await button(/^Resume/).waitFor();
    await button(/^ABANDON/).click();
    await page.getByText("No instances.").waitFor();
    await page.getByText("FAIL", { exact: true }).waitFor();
    await button(/^Resume/).click();
    await button(/^ABANDON/).waitFor();
    expect(states()).toEqual(["PENDING_WAIT"]);
  });

  test("shows the messages of hooks and the requests as they come", async () => {
    await page.getByText(/^Messages of hooks/).click();
    await page.getByText(/^Requests/).click();
    emulator.scale(group, 1);
    await page.getByText('"lifecycle_hook_name":"boot"').waitFor();
    await page.getByText("no subscribers").waitFor();
    await call(emulator, "GET", pathsOf(emulator).hook("none"));
    await page.getByText("404 AS.0007").waitFor();
  });

  test("says why something can't be done, and what is said by an API user is shown as text", async () => {
    await button(/^Scale in/).click();
    await page.getByRole("alert").getByText("out of range").waitFor();
    emulator.suspend(group, { instanceId: "<img src=x onerror=alert(1)>", lifecycleHookName: "boot" });
    await page.getByText("<img src=x onerror=alert(1)>").first().waitFor();
    expect(problems).toEqual([
      "Failed to load resource: the server responded with a status of 400 (Bad Request)",
    ]);
  });

  test("is used by the keyboard alone, which keeps its place when something changes", async () => {
    await button(/^Scale out/).focus();
    await page.keyboard.press("Enter");
    await button(/^CONTINUE/).waitFor();
    const focused = () => page.evaluate("document.activeElement.textContent");
    expect(await focused()).toBe("Scale out");
    for (let count = 0; count < 3; count++) await page.keyboard.press("Tab");
    expect(await focused()).toBe("CONTINUE");
    emulator.putHook(group, { lifecycle_hook_name: "another", lifecycle_hook_type: "INSTANCE_TERMINATING" });
    await page.getByText("another").waitFor();
    expect(await focused()).toBe("CONTINUE");
    await page.keyboard.press("Space");
    await expect.poll(states).toEqual(["INSERVICE"]);
  });

  test("tells a screen reader what hangs, and has a name for each button and heading", async () => {
    await button(/^Scale out/).click();
    const told = page.locator("[aria-live=polite]").getByText(/ hangs on boot$/);
    await told.waitFor({ state: "attached" });
    const tree = await page.locator("body").ariaSnapshot();
    expect(tree).toContain('heading "Auto Scaling emulator" [level=1]');
    expect(tree).toMatch(/region "e5d27f5c[^"]*"/);
    expect(tree).toMatch(/table "Instances \(1\)"/);
    expect(tree).toMatch(/button "CONTINUE: \S+ on boot"/);
    expect(tree).not.toMatch(/button:|button ""/);
  });

  test("fits a phone, in both colour schemes", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await button(/^Scale out/).click();
    await button(/^CONTINUE/).waitFor();
    const backgrounds: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      backgrounds.push(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"));
    }
    expect(new Set(backgrounds).size).toBe(2);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
  });

  test("stays usable with a thousand instances that hang", async () => {
    for (let count = 0; count < 1000; count++) {
      emulator.suspend(group, { instanceId: `i-${count}`, lifecycleHookName: "boot" });
    }
    await page.getByText("Instances (1000)").waitFor();
    const begin = performance.now();
    await button(/^CONTINUE: i-0 on boot$/).click();
    const shown = page.locator("li", { hasText: "CONTINUE" }).getByText("CONTINUE", { exact: true });
    await shown.first().waitFor();
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test("cannot be driven by another site's page", async () => {
    const html = { "content-type": "text/html" };
    await using other = await startHttpServer(always(200, "<!doctype html><title>Other</title>", html));
    await page.goto(`http://localhost:${other.port}`);
    // In words of the browser's, which the tests' types do not know.
    const outcome = await page.evaluate(`(async () => {
      await fetch("${emulator.url}/emulator/groups/${group}/scale", { method: "POST", mode: "no-cors", body: '{"desired":1}' });
      const frame = document.createElement("iframe");
      frame.src = "${emulator.url}/";
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener("load", resolve));
      return fetch("${emulator.url}/emulator/state").then(() => "read", () => "refused");
    })()`);
    expect(outcome).toBe("refused");
    expect(states()).toEqual([]);
    const title = await Promise.resolve(page.frames()[1]?.title()).catch(() => "");
    expect(title).not.toBe("Auto Scaling emulator");
  });
});
