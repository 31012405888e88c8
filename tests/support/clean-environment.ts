/**
 * Run before each test file: a developer's own keys, and the server that the tests may run on, must not take part.
 */
for (const name of Object.keys(process.env)) {
  if (/^(HW_|HUAWEICLOUD_|PULUMI_(?!HOME$))/.test(name)) delete process.env[name];
}
process.env.HW_METADATA_DISABLED = "1";
