import { verify, X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isLoopback } from "../configuration/endpoints";
import { MessageError } from "./message-error";
import { jsonOf } from "./notification";

/** How messages of SMN are verified. */
export interface SmnVerification {
  /** The URNs of the topics whose messages are expected. One key signs for all accounts, so the signature alone proves little. */
  readonly topics: readonly string[];
  /**
   * SMN's certificate in PEM, or several while it changes. The vendor advises to pin it.
   *
   * @default the one that the message names, fetched over https from `hosts`
   */
  readonly certificate?: string | readonly string[] | undefined;
  /**
   * The hosts, with a port where it is not the usual one, from which certificates are fetched and at which subscriptions
   * are confirmed. Plain http is for loopback addresses alone.
   *
   * @default SMN and the console: smn.<the topic's region>.myhuaweicloud.com, console.huaweicloud.com and their like
   */
  readonly hosts?: readonly string[] | undefined;
  /** Keeps fetched certificates from one message to the next. @default nothing does: each message fetches its own */
  readonly cache?: Map<string, Promise<X509Certificate>> | undefined;
  /** Milliseconds since 1970, for the certificate's validity. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** A message that SMN has signed. */
export interface SmnMessage {
  readonly type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  readonly topicUrn: string;
  /** The same however often it is sent. */
  readonly messageId: string;
  /** When it was first sent: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  readonly timestamp: string;
  /** The hook's message for `parseLifecycleNotification`, or prose. */
  readonly message: string;
  readonly subject: string | undefined;
  /** Where a subscription is confirmed; at one of the hosts. */
  readonly subscribeUrl: string | undefined;
}

/** What is signed, in this order, each as name, line feed, value, line feed. Source: SMN's user guide, "verifying message signatures". */
const signedFields: Readonly<Record<SmnMessage["type"], readonly string[]>> = {
  Notification: ["message", "message_id", "subject", "timestamp", "topic_urn", "type"],
  SubscriptionConfirmation: ["message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"],
  UnsubscribeConfirmation: ["message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"],
};

const longestCertificate = 64 * 1024;
const mostCertificates = 16;
/** SMN waits five seconds for an answer; milliseconds. */
const timeToFetch = 4000;

/**
 * Verifies that SMN signed a message, and that it is of an expected topic. Loads no HTTP client.
 *
 * @throws MessageError that says what is wrong
 */
export async function verifySmnMessage(
  body: string | Uint8Array | object,
  options: SmnVerification,
): Promise<SmnMessage> {
  const json = jsonOf(body);
  const field = (name: string): string => {
    const value = json[name];
    if (typeof value === "string" && value !== "") return value;
    throw new MessageError("malformed", `the message of SMN has no ${name}`);
  };
  const type = field("type");
  const topicUrn = field("topic_urn");
  if (!options.topics.includes(topicUrn)) {
    throw new MessageError("foreign", "the message is of a topic that is not among the expected ones");
  }
  if (!isKnownType(type)) throw new MessageError("unknown", `SMN sends messages of type ${shown(type)} now`);
  const isNotification = type === "Notification";
  const hosts = options.hosts ?? hostsOf(topicUrn);
  const subscribeUrl = isNotification
    ? undefined
    : allowedUrl("subscribe_url", field("subscribe_url"), hosts);
  for (const name of ["message", "message_id", "timestamp"]) field(name);
  const { subject } = json;
  const hasSubject = typeof subject === "string" && subject !== "";
  const signature = Buffer.from(field("signature"), "base64");
  // An empty subject is left out by some of the vendor's samples, and signed by others.
  const texts = signedFields[type].includes("subject") && subject === "" ? [false, true] : [hasSubject];
  const signed = texts.map((withSubject) =>
    signedFields[type]
      .filter((name) => name !== "subject" || withSubject)
      .map((name) => `${name}\n${json[name]}\n`)
      .join(""),
  );
  const certificates = await certificatesFor(json.signing_cert_url, hosts, options);
  const now = options.now?.() ?? Date.now();
  const valid = certificates.filter(
    ({ validFrom, validTo }) => Date.parse(validFrom) <= now && now <= Date.parse(validTo),
  );
  if (valid.length === 0) throw new MessageError("certificate", "the certificate of SMN is not valid now");
  const isSigned = valid.some(({ publicKey }) =>
    signed.some((text) => verify("sha256", Buffer.from(text), publicKey, signature)),
  );
  if (!isSigned) throw new MessageError("forged", "the message's signature is not SMN's");
  return {
    type,
    topicUrn,
    messageId: field("message_id"),
    timestamp: field("timestamp"),
    message: field("message"),
    subject: hasSubject ? subject : undefined,
    subscribeUrl,
  };
}

/**
 * Confirms a subscription that SMN asks about, by following the link of a verified message.
 *
 * @throws MessageError whose problem is `certificate` (worth another try) when SMN does not take it
 */
export async function confirmSubscription({ subscribeUrl }: SmnMessage): Promise<void> {
  if (subscribeUrl === undefined) return;
  try {
    // Not followed: a redirect could lead anywhere.
    const response = await fetch(subscribeUrl, {
      redirect: "manual",
      signal: AbortSignal.timeout(timeToFetch),
    });
    await response.body?.cancel();
    if (response.status >= 400) throw new Error(`status ${response.status}`);
  } catch (cause) {
    throw new MessageError("certificate", `SMN did not confirm the subscription: ${reason(cause)}`, cause);
  }
}

/** SMN's own hosts. Not any name below the operator's domain: buckets of users have such names, too. */
function hostsOf(topicUrn: string): string[] {
  const region = /^urn:smn:([0-9a-z-]+):/.exec(topicUrn)?.[1] ?? "";
  const sites = ["myhuaweicloud.com", "myhuaweicloud.eu", "huaweicloud.com", "huaweicloud.eu"];
  return sites.flatMap((site) => [`smn.${region}.${site}`, `console.${site}`, `console-intl.${site}`]);
}

function allowedUrl(name: string, text: unknown, hosts: readonly string[]): string {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  const isBare = url?.username === "" && url.password === "";
  if (url !== undefined && isSafe && isBare && hosts.includes(url.host)) return url.href;
  throw new MessageError("foreign", `${name} does not lead to SMN: allowed are ${hosts.join(", ")}`);
}

async function certificatesFor(
  url: unknown,
  hosts: readonly string[],
  { certificate, cache = new Map() }: SmnVerification,
): Promise<X509Certificate[]> {
  if (certificate !== undefined) {
    try {
      return [certificate].flat().map((pem) => new X509Certificate(pem));
    } catch (cause) {
      throw new MessageError("certificate", `the pinned certificate can't be read: ${reason(cause)}`, cause);
    }
  }
  const { href } = new URL(allowedUrl("signing_cert_url", url, hosts));
  const fetching = cache.get(href) ?? fetchCertificate(href);
  if (!cache.has(href)) {
    if (cache.size >= mostCertificates) cache.clear();
    cache.set(href, fetching);
    // A failure is kept for a while, so that a flood of messages is no flood of requests.
    fetching.catch(() => sleep(1000, undefined, { ref: false }).then(() => cache.delete(href)));
  }
  return [await fetching];
}

async function fetchCertificate(url: string): Promise<X509Certificate> {
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeToFetch) });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > longestCertificate) throw new Error("it is too long");
      chunks.push(chunk);
    }
    return new X509Certificate(Buffer.concat(chunks));
  } catch (cause) {
    throw new MessageError("certificate", `the certificate of SMN can't be fetched: ${reason(cause)}`, cause);
  }
}

function isKnownType(type: string): type is SmnMessage["type"] {
  return Object.hasOwn(signedFields, type);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
