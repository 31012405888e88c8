import { inspect } from "node:util";
import { redacted } from "../redaction";
import type { Credentials } from "./credentials";

/**
 * The same credentials, of which no log, no inspection and no JSON shows a secret. The fields stay readable, so
 * whoever copies them field by field has a copy that shows them.
 */
export function concealed(credentials: Credentials): Credentials {
  const text = () => redacted;
  return Object.defineProperties(
    { ...credentials },
    {
      toString: { value: text },
      toJSON: { value: text },
      [inspect.custom]: { value: text },
    },
  );
}
