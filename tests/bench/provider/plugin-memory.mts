import { readdir, readFile } from "node:fs/promises";
import process from "node:process";

const pollMilliseconds = 100;

/** The most memory that any dynamic-provider process of one stack has had. Only Linux tells it. */
export class PluginMemory implements AsyncDisposable {
  /** Bytes; `undefined` where it can't be found out. */
  most: number | undefined;
  readonly #mark: string;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #others = new Set<string>();
  #reading: Promise<void> = Promise.resolve();

  /** `mark`: a text that only the processes of that stack have in their environment. */
  constructor(mark: string) {
    this.#mark = mark;
    if (process.platform !== "linux") return;
    this.#timer = setInterval(() => {
      this.#reading = this.#read();
    }, pollMilliseconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  async #read(): Promise<void> {
    const processes = (await readdir("/proc")).filter(
      (name) => /^\d+$/.test(name) && !this.#others.has(name),
    );
    for (const id of processes) {
      const command = await textOf(id, "cmdline");
      if (!command.includes("dynamic-provider")) {
        // It may have been forked only to become the plugin.
        if (!command.includes("pulumi") && command !== "") this.#others.add(id);
        continue;
      }
      if (!(await textOf(id, "environ")).includes(this.#mark)) continue;
      const [, kilobytes] = /VmHWM:\s*(\d+)/.exec(await textOf(id, "status")) ?? [];
      if (kilobytes !== undefined) this.most = Math.max(this.most ?? 0, Number(kilobytes) * 1024);
    }
  }
}

/** Empty when the process has ended, or is another user's. */
async function textOf(id: string, file: string): Promise<string> {
  return readFile(`/proc/${id}/${file}`, "utf8").catch(() => "");
}
