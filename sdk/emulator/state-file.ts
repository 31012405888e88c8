import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Behaviour, Group } from "./autoscaling/group";
import type { GroupRecord } from "./autoscaling/service";
import type { Subscription, Topic, TopicEvent } from "./smn/topics";

/** Everything that outlives the process, at one moment. */
export interface Snapshot {
  readonly groups: readonly Group[];
  readonly topics: readonly Topic[];
  readonly subscriptions: readonly Subscription[];
  /** The ids of the messages that are settled, of instances that still hang. */
  readonly settled: readonly string[];
}

/** What has changed since: events, from which the same state follows, and how fast the cloud was meanwhile. */
export type StateRecord =
  | GroupRecord
  | { readonly topic: TopicEvent }
  | { readonly settled: string }
  | { readonly behaviour: Behaviour };

/** The form of the file; another is refused. */
const format = "huaweicloud-as-emulator 1";
/** After so many bytes of records a snapshot takes their place. */
const mostBytes = 16 * 1024 * 1024;

/**
 * A file with a snapshot and the records since, a line of JSON each. A record is with the operating system before
 * anything else happens, so that it survives the end of the process at any moment; a line that was cut short had not
 * been acknowledged. A new snapshot replaces the file at once.
 */
export class StateFile {
  readonly #path: string;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What the file holds; `undefined` when there is none. @throws Error when it holds something else */
  read(): { readonly snapshot: Snapshot; readonly records: readonly StateRecord[] } | undefined {
    if (!existsSync(this.#path)) return undefined;
    const [first, ...lines] = readFileSync(this.#path, "utf8").split("\n");
    const snapshot = first === undefined ? undefined : parsed(first);
    if (snapshot?.format !== format) throw new Error(`${this.#path} is not a state of this emulator`);
    const records = lines.map(parsed).filter((record) => record !== undefined);
    return { snapshot: snapshot as never, records: records as never };
  }

  /** Begins anew with a snapshot. */
  replace(snapshot: Snapshot): void {
    const part = `${this.#path}.part`;
    const descriptor = openSync(part, "w", 0o600);
    writeFileSync(descriptor, JSON.stringify({ format, ...snapshot }));
    renameSync(part, this.#path);
    this.close();
    this.#descriptor = descriptor;
    this.#bytes = 0;
  }

  /** @returns whether it is time for a new snapshot */
  append(record: StateRecord): boolean {
    if (this.#descriptor === undefined) return false;
    // A line break before it, so that a line that was cut short, as on a full disk, spoils no other.
    const line = `\n${JSON.stringify(record)}`;
    writeFileSync(this.#descriptor, line);
    this.#bytes += line.length;
    return this.#bytes > mostBytes;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function parsed(line: string): (object & { readonly format?: unknown }) | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
