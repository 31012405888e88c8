import type { EmulatorOptions, HookPatch } from "pulumi-huaweicloud-as/emulator";
import type { EmulatorPlace, EmulatorQuestion, RequestCounts } from "./emulator-process.mts";
import { Helper } from "./helper.mts";

/** The local AS API in a process of its own. */
export class EmulatorProcess implements AsyncDisposable {
  readonly #helper: Helper;
  readonly place: EmulatorPlace;
  readonly groups: readonly string[];

  private constructor(helper: Helper, place: EmulatorPlace, groups: readonly string[]) {
    this.#helper = helper;
    this.place = place;
    this.groups = groups;
  }

  static async start(
    options: Omit<EmulatorOptions, "groups"> & { readonly groups: number },
    execArgv: readonly string[] = [],
  ): Promise<EmulatorProcess> {
    const groups = Array.from({ length: options.groups }, (_, index) => groupId(index));
    const file = new URL("./emulator-process.mts", import.meta.url);
    const helper = await Helper.start(file, [JSON.stringify({ ...options, groups })], { execArgv });
    const place = await helper.ask<EmulatorPlace>({ want: "place" } satisfies EmulatorQuestion);
    return new EmulatorProcess(helper, place, groups);
  }

  /** The requests since this was called last. */
  requests(): Promise<RequestCounts> {
    return this.#helper.ask<RequestCounts>({ want: "requests" } satisfies EmulatorQuestion);
  }

  /** Sets a hook of the first group behind the service's back. */
  async putHook(hook: HookPatch): Promise<void> {
    await this.#helper.ask({ want: "hook", hook } satisfies EmulatorQuestion);
  }

  /** The bytes of JavaScript's memory without its garbage; needs `--expose-gc`. */
  memory(): Promise<number> {
    return this.#helper.ask<number>({ want: "memory" } satisfies EmulatorQuestion);
  }

  /** Removes all hooks, and forgets the requests. */
  async empty(): Promise<void> {
    await this.#helper.ask<RequestCounts>({ want: "empty" } satisfies EmulatorQuestion);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#helper[Symbol.asyncDispose]();
  }
}

function groupId(index: number): string {
  return `e5d27f5c-dd76-4a61-b4bc-${index.toString(16).padStart(12, "0")}`;
}
