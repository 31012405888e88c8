import { generateKeyPair, hash, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";

/** The key with which SMN signs, and the certificate by which receivers check it. */
export interface SigningIdentity {
  /** Lower-case hexadecimal, 32 digits: the part of its file's name that tells certificates apart. */
  readonly id: string;
  readonly pem: string;
  /** RSA PKCS#1 v1.5 with SHA-256, in base64. */
  sign(text: string): string;
}

/** Makes an RSA key and a certificate that it signs itself, valid for ten years from the day before `now`. */
export async function newIdentity(name: string, now: number): Promise<SigningIdentity> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const der = certificate(name, publicKey, privateKey, now);
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    id: hash("sha256", der).slice(0, 32),
    pem: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    sign: (text) => sign("sha256", Buffer.from(text), privateKey).toString("base64"),
  };
}

const day = 24 * 60 * 60 * 1000;

/** The tags of DER that a certificate needs; Node reads certificates and makes none. Source: RFC 5280, 4.1. */
const tags = {
  integer: 0x02,
  bits: 0x03,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  time: 0x18,
  version: 0xa0,
};

function certificate(name: string, publicKey: KeyObject, privateKey: KeyObject, now: number): Buffer {
  // sha256WithRSAEncryption, 1.2.840.113549.1.1.11, and its parameters, which are null.
  const algorithm = der(
    "sequence",
    der("oid", Buffer.from("2a864886f70d01010b", "hex")),
    Buffer.from([5, 0]),
  );
  // 2.5.4.3, the common name.
  const commonName = der("sequence", der("oid", Buffer.from([0x55, 4, 3])), der("utf8", Buffer.from(name)));
  const issuer = der("sequence", der("set", commonName));
  const signed = der(
    "sequence",
    der("version", der("integer", Buffer.from([2]))),
    der(
      "integer",
      Buffer.from(
        `01${hash("sha256", publicKey.export({ type: "spki", format: "der" })).slice(0, 30)}`,
        "hex",
      ),
    ),
    algorithm,
    issuer,
    der("sequence", time(now - day), time(now + 3650 * day)),
    issuer,
    publicKey.export({ type: "spki", format: "der" }),
  );
  // The first byte tells how many bits of the last are unused.
  const signature = der("bits", Buffer.concat([Buffer.from([0]), sign("sha256", signed, privateKey)]));
  return der("sequence", signed, algorithm, signature);
}

function time(moment: number): Buffer {
  const digits = new Date(moment).toISOString().replace(/\.\d+|[-:T]/g, "");
  return der("time", Buffer.from(digits));
}

/** A value with its tag and its length. */
function der(tag: keyof typeof tags, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tags[tag], ...(length < 0x80 ? [length] : long)]), content]);
}
