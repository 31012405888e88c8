/**
 * A scaling group of the local AS API, which really scales: its instances come and go, and hang on hooks. It is made
 * over that API's own interface, which needs no signature. In your program this is the group of another provider, such
 * as `Group` of the bridged Huawei Cloud provider: the README has the recipe.
 */
import * as pulumi from "@pulumi/pulumi";

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

const provider: pulumi.dynamic.ResourceProvider<{ readonly name: string }> = {
  async create({ name }) {
    const { id } = JSON.parse(await ask("POST", "", { name, max: 10 }));
    return { id, outs: { name } };
  },
  async delete(id) {
    await ask("DELETE", `/${id}`);
  },
};

/** The scaling group of both variants: paused and without instances. Its activation brings it in service. */
export class ScalingGroup extends pulumi.dynamic.Resource {
  constructor(name: string) {
    super(provider, name, { name });
  }
}
