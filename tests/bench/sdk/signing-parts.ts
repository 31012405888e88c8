// What the bench needs of the client that the package keeps to itself.
export { SecretCredentials } from "../../../sdk/credentials/secret-credentials";
export { signRequest } from "../../../sdk/http/request";
export { authorization, canonicalRequest, signingKey, stringToSign } from "../../../sdk/http/signer";
