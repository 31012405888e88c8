import tseslint from "typescript-eslint";

/** Biome does the rest; these three need types that it doesn't have, or find cases that it misses. */
export default [
  {
    files: [
      "sdk/**/*.ts",
      "provider/**/*.ts",
      "examples/**/*.ts",
      "examples/**/*.mts",
      "tests/**/*.ts",
      "tools/**/*.mts",
    ],
    plugins: { "@typescript-eslint": tseslint.plugin },
    languageOptions: { parser: tseslint.parser, parserOptions: { project: "./tsconfig.json" } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
];
