/** The layers: each knows only those below it (docs/adr). */
module.exports = {
  forbidden: [
    {
      name: "sdk-knows-no-provider",
      comment: "sdk/ is useful on its own and knows nothing of Pulumi.",
      severity: "error",
      from: { path: "^sdk/" },
      to: { path: "^(provider|examples|tests|tools)/|node_modules/@pulumi/" },
    },
    {
      name: "core-knows-no-host",
      comment:
        "provider/core/ will be served by another host as well: no Pulumi, and nothing of the adapter.",
      severity: "error",
      from: { path: "^provider/core/" },
      to: { path: "^provider/(?!core/)|node_modules/@pulumi/" },
    },
    {
      name: "product-knows-no-workshop",
      severity: "error",
      from: { path: "^provider/" },
      to: { path: "^(examples|tests|tools)/" },
    },
    {
      name: "emulator-judges-by-itself",
      comment:
        "It is there to find the client's mistakes, so it must not share the client's code; data and types it may.",
      severity: "error",
      from: { path: "^sdk/emulator/" },
      to: { path: "^sdk/(?!emulator/)(?!api/limits|version)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^(sdk|provider)/", pathNot: "[.]d[.]ts$" },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["require", "node", "default"],
      extensions: [".ts", ".mts", ".js", ".mjs", ".json"],
    },
  },
};
