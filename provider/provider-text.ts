/**
 * What Pulumi keeps as the code of the provider, twice in the state of every hook. It only says where the code
 * is: so it is short, holds no secret, and a new version of this package serves old states. Frozen: states load
 * it for as long as they live.
 *
 * The package is looked up from the program's folder, where a plain `require` would not find it while the
 * program belongs to the package itself.
 */
export const providerText =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-huaweicloud-as/runtime')";
