import type { Node } from "./node.ts";

/** The environments of two processes whose wall clocks are an hour behind and an hour ahead. */
export const skewedClocks: readonly NodeJS.ProcessEnv[] = [clock("-1h"), clock("+1h")];

/** @throws Error when the clock of a server that was started so is right. */
export async function areSkewed(nodes: readonly Node[]): Promise<void> {
  for (const { server, env } of nodes) {
    if (env["FAKETIME"] === undefined) continue;
    const { headers } = await fetch(`${server.adminUrl}/livez`);
    const offMs = Math.abs(Date.now() - Date.parse(headers.get("date") ?? ""));
    if (!(offMs > 3_000_000)) throw new Error("a server's clock is right: libfaketime was not loaded");
  }
}

/** The environment of a process whose wall clock is off; `$LIB` is the loader's own word. */
function clock(offset: string): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: process.env["FAKETIME_LIB"] ?? "/usr/$LIB/faketime/libfaketimeMT.so.1",
    FAKETIME: offset,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}
