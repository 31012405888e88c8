/** Two local AS APIs, one a region, for a run without an account. Prints what leads to them; ^C ends them. */
import { startEmulator } from "pulumi-huaweicloud-as/emulator";

const north = await startEmulator({ region: "cn-north-4" });
const south = await startEmulator({
  region: "cn-south-1",
  projectId: "fedcba9876543210fedcba9876543210",
  groups: ["1b9e0ad1-4f6c-4f5e-9a57-0f4f1d9b6f02"],
});

console.log(`export HW_ACCESS_KEY=${north.accessKey}`);
console.log(`export HW_SECRET_KEY=${north.secretKey}`);
console.log(`export NORTH_URL=${north.url}`);
console.log(`export SOUTH_URL=${south.url}`);
