import type { Groups } from "./autoscaling/service";
import { type Answer, Refusal } from "./http/refusals";
import { jsonBody, type ReceivedRequest } from "./http/request";
import type { RequestLog } from "./http/request-log";

/**
 * What other processes can do to the emulator, besides calling the API. No signature is needed.
 *
 * - `GET /emulator/requests` answers 200 `{"requests":[…]}`: the log, oldest first, without these requests here;
 * - `POST /emulator/groups/{id}/hanging-instances` with `{"instance_id":"…","lifecycle_hook_name":"…"}` suspends an
 *   instance and answers 201 with it as the API lists it;
 * - `PUT /emulator/groups/{id}/busy` with `{"busy":true}`, `false`, or the number of writes to refuse, answers 204.
 *
 * What it can't do is answered 400, 403 or 404 with `{"error":"…"}`.
 */
export class Control {
  readonly #groups: Groups;
  readonly #log: RequestLog;

  constructor(groups: Groups, log: RequestLog) {
    this.#groups = groups;
    this.#log = log;
  }

  /** Whether a request is for this API rather than for the emulated one. */
  static isMeant(request: ReceivedRequest): boolean {
    return request.path.startsWith("/emulator/");
  }

  /** The answer to a request; never throws. */
  answer(request: ReceivedRequest): Answer {
    const [, , area, groupId = "", action] = request.path.split("/");
    const what = `${request.method} ${groupId === "" ? area : action}`;
    try {
      if (what === "GET requests") return { status: 200, body: { requests: this.#log.entries } };
      if (what === "POST hanging-instances") return this.#suspend(groupId, request.body);
      if (what === "PUT busy") return this.#setBusy(groupId, request.body);
      return failure(404, `there is no ${request.method} ${request.path}`);
    } catch (error) {
      const isBody = error instanceof Refusal && (error.code === "AS.0002" || error.code === "AS.0022");
      if (isBody) return failure(400, "the body is not a JSON object");
      return failure(400, error instanceof Error ? error.message : String(error));
    }
  }

  #suspend(groupId: string, body: Buffer): Answer {
    const json = jsonBody(body);
    const instanceId = json?.instance_id;
    const name = json?.lifecycle_hook_name;
    if (typeof instanceId !== "string" || typeof name !== "string") {
      return failure(400, "give instance_id and lifecycle_hook_name");
    }
    return { status: 201, body: this.#groups.suspend(groupId, instanceId, name) };
  }

  #setBusy(groupId: string, body: Buffer): Answer {
    const busy = jsonBody(body)?.busy;
    if (typeof busy !== "boolean" && typeof busy !== "number") {
      return failure(400, "give busy: true, false or a number");
    }
    this.#groups.setBusy(groupId, busy);
    return { status: 204 };
  }
}

function failure(status: number, error: string): Answer {
  return { status, body: { error } };
}
