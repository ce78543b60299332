import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../../docs/client.md", import.meta.url));

/** The example under a heading of docs/client.md, made to speak to a service, with the client that lies at `client`. */
export async function exampleOf(heading: string, url: string, client: string): Promise<string> {
  const document = await readFile(path, "utf8");
  const [, section = ""] = new RegExp(`^## ${heading}$(.*?)(?=^## |(?![^]))`, "ms").exec(document) ?? [];
  const [, example] = /^```js\n(.*?)^```$/ms.exec(section) ?? [];
  assert.ok(example !== undefined, `docs/client.md has an example under ${heading}`);
  return example.replaceAll("webrtc-signals-client", client).replaceAll("http://localhost:8080", url);
}
