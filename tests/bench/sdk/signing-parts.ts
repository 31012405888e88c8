// What the bench needs of the client that the package keeps to itself.
export { SecretCredentials } from "../../../sdk/credentials/secret-credentials";
export { signRequest } from "../../../sdk/request";
export { authorization, canonicalRequest, signingKey, stringToSign } from "../../../sdk/signer";
