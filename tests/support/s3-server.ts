import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "@20minutes/s3rver";

const bucket = "shop-pulumi-state";
/** How the server names the files of objects. */
const suffix = "._S3rver_object";

/** An S3-compatible server with one bucket, which verifies signatures. */
export interface S3Server extends AsyncDisposable {
  /** The bucket, as `pulumi login` wants it. */
  readonly state: string;
  /** The only keys that it takes. */
  readonly env: Readonly<Record<string, string>>;
  /** The objects' keys that contain a text. */
  keys(text: string): Promise<string[]>;
  object(key: string): Promise<string>;
}

export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), "huaweicloud-as-s3-"));
  const folder = join(directory, bucket);
  await mkdir(folder);
  const buckets = [{ name: bucket }];
  const options = { address: "127.0.0.1", port: 0, silent: true, configureBuckets: buckets };
  const server = new S3rver({ ...options, directory });
  const { port } = await server.run();
  return {
    state: `s3://${bucket}?endpoint=http://127.0.0.1:${port}&region=cn-north-4&s3ForcePathStyle=true`,
    env: { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" },
    async keys(text) {
      const files = await readdir(folder, { recursive: true });
      return files
        .filter((file) => file.endsWith(suffix) && file.includes(text))
        .map((file) => file.slice(0, -suffix.length));
    },
    object: (key) => readFile(join(folder, `${key}${suffix}`), "utf8"),
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
