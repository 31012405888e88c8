import { hash, randomBytes } from "node:crypto";
import { wireTime } from "../autoscaling/hooks";
import type { Clock } from "../clock";
import type { Deliveries, Delivery, Envelope } from "./delivery";

/** An endpoint that gets a topic's messages once it has confirmed that it wants them. */
export interface Subscription {
  readonly urn: string;
  readonly topic: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly remark: string;
  readonly token: string;
  readonly made: number;
  /** As SMN counts: 0 is to be confirmed, 1 is confirmed, 3 was cancelled and can be confirmed again. */
  readonly status: 0 | 1 | 3;
}

export interface Topic {
  readonly urn: string;
  readonly name: string;
  readonly displayName: string;
  readonly made: number;
}

/** What changes topics and subscriptions, complete, so that it can be written down and done again. */
export type TopicEvent =
  | { readonly kind: "topic"; readonly topic: Topic }
  | { readonly kind: "topic-removed"; readonly urn: string }
  | { readonly kind: "subscription"; readonly subscription: Subscription };

/** A message that was published, and what became of it; one without deliveries had no subscribers. */
export interface PublishedMessage {
  readonly id: string;
  readonly time: Date;
  readonly topicUrn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly deliveries: readonly Delivery[];
}

/** For how long a subscription can be confirmed. */
const timeToConfirm = 48 * 60 * 60 * 1000;
const keptMessages = 1000;
const keptCharacters = 8_000_000;

/** The topics of SMN with their subscriptions, as far as the messages of hooks need them. */
export class Topics {
  readonly topics = new Map<string, Topic>();
  readonly subscriptions = new Map<string, Subscription>();
  /** The last messages, the newest last: a live view. */
  readonly messages: PublishedMessage[] = [];
  readonly #clock: Clock;
  readonly #deliveries: Deliveries;
  readonly #url: () => string;
  readonly #record: (event: TopicEvent) => void;
  readonly #tell: (message: PublishedMessage) => void;

  /** `record` is called with each change, `tell` with a message whenever it has changed. */
  constructor(
    clock: Clock,
    deliveries: Deliveries,
    url: () => string,
    record: (event: TopicEvent) => void,
    tell: (message: PublishedMessage) => void,
  ) {
    this.#clock = clock;
    this.#deliveries = deliveries;
    this.#url = url;
    this.#record = record;
    this.#tell = tell;
  }

  /** Changes topics and subscriptions, and writes it down before anything else happens. */
  happen(event: TopicEvent): void {
    this.repeat(event);
    this.#record(event);
  }

  /** Does again what was written down. */
  repeat(event: TopicEvent): void {
    switch (event.kind) {
      case "topic":
        this.topics.set(event.topic.urn, event.topic);
        return;
      case "topic-removed":
        this.topics.delete(event.urn);
        for (const { urn, topic } of this.subscriptions.values()) {
          if (topic === event.urn) this.subscriptions.delete(urn);
        }
        return;
      case "subscription":
        this.subscriptions.set(event.subscription.urn, event.subscription);
        return;
    }
  }

  /** Makes a subscription and asks its endpoint to confirm it. */
  subscribe(topic: string, protocol: string, endpoint: string, remark: string): Subscription {
    const subscription: Subscription = {
      urn: `${topic}:${randomBytes(16).toString("hex")}`,
      topic,
      protocol,
      endpoint,
      remark,
      token: randomBytes(64).toString("hex"),
      made: this.#clock.now(),
      status: 0,
    };
    this.happen({ kind: "subscription", subscription });
    this.#post(subscription, {
      type: "SubscriptionConfirmation",
      message: `You are invited to subscribe to topic ${topic}. To confirm the subscription, visit the subscribe_url.`,
      message_id: randomBytes(16).toString("hex"),
      subscribe_url: this.#subscribeUrl(subscription),
    });
    return subscription;
  }

  /** @returns the subscription; `undefined` where the token is not, or no longer, one of the topic's */
  confirm(topic: string, token: string): Subscription | undefined {
    const found = [...this.subscriptions.values()].find((one) => one.topic === topic && one.token === token);
    const isLate = found !== undefined && this.#clock.now() > found.made + timeToConfirm;
    if (found === undefined || (isLate && found.status === 0)) return undefined;
    this.happen({ kind: "subscription", subscription: { ...found, status: 1 } });
    return found;
  }

  /** Ends a subscription and tells its endpoint. @returns whether there was one */
  unsubscribe(urn: string): boolean {
    const subscription = this.subscriptions.get(urn);
    if (subscription === undefined || subscription.status === 3) return false;
    this.happen({ kind: "subscription", subscription: { ...subscription, status: 3 } });
    this.#post(subscription, {
      type: "UnsubscribeConfirmation",
      message: `You have unsubscribed from topic ${subscription.topic}. To subscribe again, visit the subscribe_url.`,
      message_id: randomBytes(16).toString("hex"),
      subscribe_url: this.#subscribeUrl(subscription),
    });
    return true;
  }

  /** Sends a message to all confirmed subscriptions of a topic. `id`: 32 hexadecimal digits. */
  publish(topicUrn: string, message: string, subject?: string, id = randomBytes(16).toString("hex")): string {
    const subscribers = [...this.subscriptions.values()].filter(
      (one) => one.topic === topicUrn && one.status === 1,
    );
    const published = {
      id,
      time: new Date(this.#clock.now()),
      topicUrn,
      subject,
      message,
      deliveries: subscribers.map(({ endpoint }) => begun(endpoint)),
    };
    this.messages.push(published);
    const characters = () => this.messages.reduce((sum, one) => sum + one.message.length, 0);
    while (
      this.messages.length > keptMessages ||
      (characters() > keptCharacters && this.messages.length > 1)
    ) {
      this.messages.splice(0, Math.ceil(this.messages.length / 2));
    }
    this.#tell(published);
    for (const [index, subscription] of subscribers.entries()) {
      const content = {
        type: "Notification",
        message,
        message_id: id,
        ...(subject ? { subject } : {}),
      } as const;
      const unsubscribe_url = `${this.#url()}/smn/subscription/unsubscribe?subscription_urn=${subscription.urn}`;
      this.#post(subscription, { ...content, unsubscribe_url }, (delivery) => {
        published.deliveries[index] = delivery;
        this.#tell(published);
      });
    }
    return id;
  }

  #post(
    { topic, endpoint }: Subscription,
    content: Omit<Envelope, "topic_urn" | "timestamp">,
    tell: (delivery: Delivery) => void = () => {},
  ): void {
    const envelope = { ...content, topic_urn: topic, timestamp: wireTime(this.#clock.now()) };
    void this.#deliveries.send(endpoint, envelope, tell);
  }

  #subscribeUrl({ topic, token }: Subscription): string {
    return `${this.#url()}/smn/subscription/confirm?token=${token}&topic_urn=${topic}`;
  }
}

/** The id of the message of a suspension: the same whenever it is sent. */
export function messageId(actionKey: string): string {
  return hash("sha256", actionKey).slice(0, 32);
}

function begun(endpoint: string): Delivery {
  return { endpoint, outcome: "sending", tries: 0, reason: "" };
}
