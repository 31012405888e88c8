/** Run before all tests that start the Pulumi engine. */
export { ensureEngine as setup } from "../../tools/setup/engine.mts";
