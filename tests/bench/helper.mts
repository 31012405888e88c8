import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Another process of a bench, which answers one question at a time. */
export class Helper implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts a file that calls {@link answerQuestions}; it is told `args`, and asked when it is ready. */
  static async start(
    file: URL,
    args: readonly string[] = [],
    options: { readonly execArgv?: readonly string[] } = {},
  ): Promise<Helper> {
    const child = fork(fileURLToPath(file), args, {
      execArgv: [...process.execArgv, ...(options.execArgv ?? [])],
    });
    const helper = new Helper(child);
    await helper.#reply();
    return helper;
  }

  /**
   * Keeps the process on one core, where the system can do that (Linux, with util-linux) and has two. Who talks to a
   * helper that the system has put on its own core needs not wake one up, and gets its answers in half the time: what
   * is compared must have its helper in the same place.
   */
  async stayOn(core: 0 | 1): Promise<void> {
    if (process.platform !== "linux" || availableParallelism() < 2) return;
    try {
      await promisify(execFile)("taskset", [
        "--all-tasks",
        "--cpu-list",
        "--pid",
        `${core}`,
        `${this.#child.pid}`,
      ]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  async ask<Answer>(question: object): Promise<Answer> {
    const reply = this.#reply();
    this.#child.send(question);
    return (await reply) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }

  #reply(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const end = (code: number | null) => reject(new Error(`a helper process ended with ${code}`));
      this.#child.once("exit", end);
      this.#child.once("message", (reply: Reply) => {
        this.#child.off("exit", end);
        if ("failure" in reply) reject(new Error(reply.failure));
        else resolve(reply.answer);
      });
    });
  }
}

type Reply = { readonly answer: unknown } | { readonly failure: string };

/** The helper's side: answers each question that comes, and tells that it is ready to. Ends with its parent. */
export function answerQuestions<Question>(answer: (question: Question) => unknown): void {
  const send = (reply: Reply) => process.send?.(reply);
  process.on("message", (question) => {
    void (async () => {
      try {
        send({ answer: await answer(question as Question) });
      } catch (error) {
        send({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    })();
  });
  process.once("disconnect", () => process.exit());
  send({ answer: "ready" });
}
