import { parseArgs } from "node:util";
import { exitCodes, PipelineFailure } from "./exit-codes.mts";

const usage = `usage:
  node pipeline.mts preview <environment.json> <folder>
  node pipeline.mts gate <folder> [--approve CODE]
  node pipeline.mts apply <environment.json> <folder> [--approve CODE]
  node pipeline.mts drift <environment.json> <folder>

  --timeout MINUTES   how long preview, apply and drift may take (default 30)

README.md tells what each does, writes and exits with.`;

/** What the pipeline is asked to do. `folder` is where the plan and the reports are. */
type Command =
  | { readonly name: "preview" | "drift"; readonly file: string; readonly folder: string }
  | {
      readonly name: "apply";
      readonly file: string;
      readonly folder: string;
      readonly approval: string | undefined;
    }
  | { readonly name: "gate"; readonly folder: string; readonly approval: string | undefined };

interface Arguments {
  readonly command: Command;
  readonly timeoutMinutes: number;
}

/** @throws PipelineFailure that says what was wrong, with the usage */
export function readArguments(args: readonly string[]): Arguments {
  const { positionals, values } = parse(args);
  const [name, ...others] = positionals;
  const approval = values.approve || undefined;
  if (approval !== undefined && name !== "gate" && name !== "apply") {
    throw wrong("--approve is for gate and apply");
  }
  const timeoutMinutes = Number(values.timeout);
  if (!(timeoutMinutes > 0 && timeoutMinutes <= 1440)) {
    throw wrong(`--timeout ${JSON.stringify(values.timeout)}: give minutes, more than 0 and at most 1440`);
  }
  return { command: readCommand(name, others, approval), timeoutMinutes };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { approve: { type: "string" }, timeout: { type: "string", default: "30" } },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function readCommand(
  name: string | undefined,
  others: readonly string[],
  approval: string | undefined,
): Command {
  switch (name) {
    case "preview":
    case "drift": {
      const [file, folder] = exactly(others, ["an environment's file", "a folder"]);
      return { name, file, folder };
    }
    case "apply": {
      const [file, folder] = exactly(others, ["an environment's file", "the folder of its plan"]);
      return { name, file, folder, approval };
    }
    case "gate": {
      const [folder] = exactly(others, ["the folder of a plan"]);
      return { name, folder, approval };
    }
    default:
      throw wrong(name === undefined ? "no command" : `unknown command ${JSON.stringify(name)}`);
  }
}

function exactly<const Wanted extends readonly string[]>(
  given: readonly string[],
  wanted: Wanted,
): { [Index in keyof Wanted]: string } {
  if (given.length !== wanted.length) throw wrong(`give ${wanted.join(" and ")}`);
  return given as { [Index in keyof Wanted]: string };
}

function wrong(problem: string): PipelineFailure {
  return new PipelineFailure(exitCodes.unusable, `${problem}\n${usage}`);
}
