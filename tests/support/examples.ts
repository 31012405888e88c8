import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

const root = join(__dirname, "../..");
/** How long a block of commands may take, on a machine that is busy with other tests. */
const blockSeconds = 100;

/**
 * A folder laid out as a clone, with a copy of the examples and a file backend: what commands write stays in there.
 */
export class Workspace implements AsyncDisposable {
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#environment = environment;
  }

  /** `environment` is in addition to this process's own, without what that says of Pulumi and of the cloud. */
  static async make(environment: Readonly<Record<string, string>> = {}): Promise<Workspace> {
    const folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-examples-"));
    await mkdir(join(folder, "backend"));
    await cp(join(root, "examples"), join(folder, "examples"), { recursive: true, filter: isNoStack });
    await cp(join(root, "package.json"), join(folder, "package.json"));
    for (const name of ["dist", "node_modules"]) {
      await symlink(join(root, name), join(folder, name), "junction");
    }
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(HW_|HUAWEICLOUD_|PULUMI_(?!HOME$))/.test(name),
    );
    return new Workspace(folder, {
      ...Object.fromEntries(inherited),
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...environment,
    });
  }

  /** A page whose blocks are run in a folder, both named from the root of the clone. */
  async page(file: string, folder: string): Promise<Page> {
    const markdown = await readFile(join(root, file), "utf8");
    return new Page(markdown, (commands) => this.run(commands, folder));
  }

  /** Runs commands as a user pastes them into a shell: up to the first that fails. `interrupt` sends it a SIGINT. */
  async run(commands: string, folder = ".", interrupt?: AbortSignal): Promise<Ended> {
    const child = spawn("sh", ["-ec", commands], {
      cwd: join(this.folder, folder),
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    // With all that it has started; a test that gives up would leave them running.
    interrupt?.addEventListener("abort", () => child.kill("SIGINT"));
    const limit = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), blockSeconds * 1000);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const [code] = await once(child, "close");
    clearTimeout(limit);
    return { failed: code !== 0, output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The example's handler at work on a group, once it takes messages. */
export async function startHandler({ workspace, groupId, port }: HandlerPlace) {
  const topic = "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling";
  const interrupt = new AbortController();
  const command = `exec node handler.mts ${groupId} ${topic} ${port}`;
  const ended = workspace.run(command, "examples/drain-on-scale-in", interrupt.signal);
  const answered = async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.status;
  await expect.poll(answered).toBe(404);
  return {
    async stop(): Promise<Ended> {
      interrupt.abort();
      return ended;
    },
  };
}

interface HandlerPlace {
  readonly workspace: Workspace;
  readonly groupId: string;
  readonly port: number;
}

/** What came of commands. */
interface Ended {
  readonly failed: boolean;
  readonly output: string;
}

/** A page in Markdown whose `sh` blocks are run in their order, each followed by a `text` block of what it prints. */
class Page {
  /** All fenced blocks of the page. */
  readonly blocks: readonly Block[];
  readonly #run: Workspace["run"];
  #position = 0;

  constructor(markdown: string, run: Workspace["run"]) {
    this.blocks = blocksOf(markdown);
    this.#run = run;
  }

  /** How many blocks of commands are still to be run. */
  get left(): number {
    return this.blocks.slice(this.#position).filter(isCommands).length;
  }

  /** Runs the next block of commands, which must print what the page says. Answers all that was printed. */
  async next({ fails = false } = {}): Promise<string> {
    const index = this.blocks.findIndex((block, at) => at >= this.#position && isCommands(block));
    const [block, result] = this.blocks.slice(index);
    if (index === -1 || block === undefined) throw new Error("the page has no more commands");
    this.#position = index + 1;
    const { failed, output } = await this.#run(block.text);
    expect(failed, `${block.text}\nended and had printed\n${output}`).toBe(fails);
    if (result?.language === "text") expectLines(output, result.text);
    return output;
  }
}

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocksOf(markdown: string): Block[] {
  const fences = markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...fences].map(([, language = "", text = ""]) => ({ language, text }));
}

function isCommands({ language }: Block): boolean {
  return language === "sh";
}

/** Each line that is expected must have been printed; `…` stands for whatever varies. */
function expectLines(output: string, expected: string): void {
  const printed = lines(output);
  const missing = lines(expected).filter((line) => {
    const pattern = new RegExp(`^${line.split("…").map(escaped).join(".*")}$`);
    return !printed.some((one) => pattern.test(one));
  });
  expect(missing, `lines of the page are not in what was printed:\n${output}`).toEqual([]);
}

/** Without indentation and empty lines. */
function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Leaves out the configuration of a developer's own stacks. */
function isNoStack(path: string): boolean {
  return !/[/\\]Pulumi\.[^/\\]+\.yaml$/.test(path);
}

/** A port that nothing uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
