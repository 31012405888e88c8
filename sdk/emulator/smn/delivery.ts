import type { Clock } from "../clock";
import { newIdentity, type SigningIdentity } from "./certificate";

/** What SMN posts to an endpoint, before it is signed. */
export interface Envelope {
  readonly type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  readonly message: string;
  readonly message_id: string;
  readonly topic_urn: string;
  /** When it was first sent: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  readonly timestamp: string;
  readonly subject?: string;
  readonly unsubscribe_url?: string;
  readonly subscribe_url?: string;
}

/** What became of a message at one endpoint. */
export interface Delivery {
  readonly endpoint: string;
  /** `sending` while there will be another try. */
  readonly outcome: "sending" | "delivered" | "given up" | "shut out";
  readonly tries: number;
  /** The last answer's status, or why there was none. */
  readonly reason: string;
}

/** How long an endpoint may take to answer, and the times between tries; milliseconds. */
const timeToAnswer = 5000;
const intervals = [1, 2, 4, 8, 16, 32].map((seconds) => seconds * 1000);
/** After so many messages in a row that it did not take, an endpoint gets none for a while. */
const failuresAllowed = 3;
const shutOutTime = 5 * 60 * 1000;

/** The fields that are signed, in the order of their signing. */
const signedFields = {
  Notification: ["message", "message_id", "subject", "timestamp", "topic_urn", "type"],
  SubscriptionConfirmation: ["message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"],
  UnsubscribeConfirmation: ["message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"],
} as const;

/** What the deliveries need to know. */
interface DeliverySettings {
  readonly region: string;
  readonly clock: Clock;
  /** The times between tries and that of being shut out are divided by it. */
  readonly speed: number;
  /** Whether an endpoint that does not answer in time is tried again: the vendor's pages contradict each other. */
  readonly retryTimeouts: boolean;
  readonly url: () => string;
}

/**
 * Sends messages to endpoints as SMN does: signed, with five seconds to answer, and again only after a 5xx, at most
 * six times; an endpoint that keeps failing is shut out for a while. Source: SMN's FAQ on delivery.
 */
export class Deliveries {
  readonly #settings: DeliverySettings;
  readonly #endpoints = new Map<string, { failures: number; shutOutUntil: number }>();
  readonly #ending = new AbortController();
  #identity: Promise<SigningIdentity> | undefined;

  constructor(settings: DeliverySettings) {
    this.#settings = settings;
  }

  /** Made when it is first needed, since that takes a while. */
  identity(): Promise<SigningIdentity> {
    const { region, clock } = this.#settings;
    this.#identity ??= newIdentity(`SMN ${region} (emulator)`, clock.now());
    return this.#identity;
  }

  /** Sends a message until it is taken or given up. `tell`: called after each try. Never rejects. */
  async send(endpoint: string, envelope: Envelope, tell: (delivery: Delivery) => void): Promise<Delivery> {
    const { clock, speed } = this.#settings;
    const known = this.#endpoints.get(endpoint) ?? { failures: 0, shutOutUntil: 0 };
    this.#endpoints.set(endpoint, known);
    const told = (outcome: Delivery["outcome"], tries: number, reason: string): Delivery => {
      const delivery = { endpoint, outcome, tries, reason };
      tell(delivery);
      return delivery;
    };
    if (clock.now() < known.shutOutUntil) return told("shut out", 0, "it did not take the last messages");
    const body = JSON.stringify(await this.#signed(envelope));
    for (let tries = 1; ; tries++) {
      const { isTaken, isPassing, reason } = await this.#post(endpoint, envelope, body);
      if (isTaken) known.failures = 0;
      if (isTaken) return told("delivered", tries, reason);
      const interval = intervals[tries - 1];
      if (!isPassing || interval === undefined || this.#ending.signal.aborted) {
        known.failures++;
        if (known.failures >= failuresAllowed) known.shutOutUntil = clock.now() + shutOutTime / speed;
        return told("given up", tries, reason);
      }
      told("sending", tries, reason);
      await new Promise<void>((resolve) => {
        clock.after(interval / speed, resolve);
      });
    }
  }

  /** Gives up everything that is under way. */
  close(): void {
    this.#ending.abort();
  }

  async #signed(envelope: Envelope): Promise<object> {
    const { id, sign } = await this.identity();
    const { region, url } = this.#settings;
    const text = signedFields[envelope.type]
      .filter((name) => envelope[name] !== undefined && envelope[name] !== "")
      .map((name) => `${name}\n${envelope[name]}\n`)
      .join("");
    return {
      ...envelope,
      signature: sign(text),
      signature_version: "v1",
      signing_cert_url: `${url()}/smn/SMN_${region}_${id}.pem`,
    };
  }

  async #post(endpoint: string, envelope: Envelope, body: string) {
    const late = new AbortController();
    const cancel = this.#settings.clock.after(timeToAnswer, () => late.abort());
    try {
      const { status, body: answered } = await fetch(endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/json;charset=UTF-8",
          "X-SMN-MESSAGE-TYPE": envelope.type,
          "X-SMN-MESSAGE-ID": envelope.message_id,
          "X-SMN-TOPIC-URN": envelope.topic_urn,
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([late.signal, this.#ending.signal]),
      });
      await answered?.cancel();
      return { isTaken: status >= 200 && status < 300, isPassing: status >= 500, reason: String(status) };
    } catch (error) {
      const { cause, message } = error as Error;
      const reason = late.signal.aborted
        ? "no answer in 5 s"
        : cause instanceof Error
          ? cause.message
          : message;
      return { isTaken: false, isPassing: late.signal.aborted && this.#settings.retryTimeouts, reason };
    } finally {
      cancel();
    }
  }
}
