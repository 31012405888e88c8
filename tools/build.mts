import { ensureBuilt } from "./setup/build.mts";

await ensureBuilt();
