/** Run before all tests that load dist/, by their package's name or through the provider's text in a state. */
export { ensureBuilt as setup } from "../../tools/setup/build.mts";
