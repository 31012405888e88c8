/**
 * A scaling group of the local AS API, which really scales: its instances come and go, and hang on hooks. It is made
 * over that API's own interface, which needs no signature. In your program this is the group of another provider, such
 * as `Group` of the bridged Huawei Cloud provider: the README has the recipe.
 */
import * as pulumi from "@pulumi/pulumi";

/** Named as the bridged provider names them. */
interface ScalingGroupArgs {
  readonly enable: boolean;
  readonly minInstanceNumber: number;
  readonly desireInstanceNumber: number;
}

/** How the group is at each time of its life. */
const phases: Readonly<Record<string, ScalingGroupArgs>> = {
  // Nothing starts before the hooks are there.
  prepare: { enable: false, minInstanceNumber: 0, desireInstanceNumber: 0 },
  serve: { enable: true, minInstanceNumber: 2, desireInstanceNumber: 2 },
  // Its instances leave while the hooks are still there.
  drain: { enable: true, minInstanceNumber: 0, desireInstanceNumber: 0 },
};

async function ask(method: string, path: string, body?: object): Promise<string> {
  const { autoscaling }: { autoscaling?: string } = JSON.parse(process.env.HW_ENDPOINTS ?? "{}");
  if (autoscaling === undefined)
    throw new Error("run the local AS API, and paste the exports that it prints");
  const answer = await fetch(`${autoscaling}/emulator/groups${path}`, {
    method,
    body: JSON.stringify(body) ?? null,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} of the scaling group: ${text}`);
  return text;
}

async function bring(id: string, { enable, minInstanceNumber, desireInstanceNumber }: ScalingGroupArgs) {
  await ask("PUT", `/${id}`, { min: minInstanceNumber, desire: desireInstanceNumber });
  await ask("POST", `/${id}/${enable ? "resume" : "pause"}`);
}

const provider: pulumi.dynamic.ResourceProvider<ScalingGroupArgs & { readonly name: string }> = {
  async create(inputs) {
    const { id } = JSON.parse(await ask("POST", "", { name: inputs.name, max: 10 }));
    await bring(id, inputs);
    return { id, outs: inputs };
  },
  async update(id, _olds, news) {
    await bring(id, news);
    return { outs: news };
  },
  async delete(id) {
    await ask("DELETE", `/${id}`);
  },
};

/** The scaling group of both variants, in the phase that the stack is configured for. */
export class ScalingGroup extends pulumi.dynamic.Resource {
  constructor(name: string) {
    const phase = phases[new pulumi.Config().require("phase")];
    if (phase === undefined) throw new Error(`phase is one of ${Object.keys(phases).join(", ")}`);
    super(provider, name, { name, ...phase });
  }
}
