import { isNotFound } from "../../sdk/error-codes";
import type { ServiceError } from "../../sdk/errors";

/**
 * Whether the service itself says that something does not exist. A 404 without a code of its own may come from
 * anything on the way, such as the server at a wrong endpoint, and must not make a state forget a hook.
 */
export function isCertainlyGone(error: ServiceError): boolean {
  return isNotFound(error) && error.code?.startsWith("AS.") === true;
}
