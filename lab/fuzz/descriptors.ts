import { setTimeout as wait } from "node:timers/promises";
import { requestBytes } from "../wire/raw-http.ts";
import { join } from "../wire/test-peer.ts";
import { drip } from "./attacks/drip.ts";
import { Bystanders } from "./bystanders.ts";
import type { Findings } from "./findings.ts";
import { Target } from "./target.ts";
import { measure } from "./under-attack.ts";

const cases = [
  { title: "all connections taken, 256 open files", files: 256, flags: [] },
  {
    title: "all open files taken, 128 of them and no other limit",
    files: 128,
    flags: ["--max-connections", "100000"],
  },
];

/** More connections than the process may have, held open: those who were there go on, and afterwards all is as before. */
export async function runDescriptors(findings: Findings): Promise<void> {
  for (const { title, files, flags } of cases) {
    const target = await Target.start([...flags, "--request-timeout", "3s"], { files });
    const bystanders = await Bystanders.start(target.url);
    await bystanders.during(() => wait(3000));
    await measure(title, bystanders, findings, async () => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 8000);
      // Each asks once, is answered 404 or 503, and then begins another request that never ends.
      const head = requestBytes({ target: "/nowhere" });
      const attack = { count: 600, everyMs: 500, head, rest: Buffer.from("GET /call/tea HTTP/1.1\r\nX: ") };
      return String(await drip(new URL(target.url), attack, stop.signal));
    });
    await wait(500);
    await join(target.url, "afterwards").catch((error: unknown) => {
      findings.add("not serving after its descriptors were taken", `${title}: ${String(error)}`);
    });
    const died = await target.died();
    if (died !== undefined) findings.add("crash", `${title}: ${died}`);
    for (const bug of target.bugs()) findings.add("bug", bug.slice(0, 1000));
    bystanders.end();
    const code = await target.end();
    if (code !== 0) findings.add("crash", `${title}: exit code ${code} after SIGTERM`);
  }
}
