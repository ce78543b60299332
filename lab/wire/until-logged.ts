import type { ChildProcess } from "node:child_process";

/**
 * Resolves when a process has written this, and leaves its stdout open, unread; rejects with all that it wrote when its
 * stdout ends before.
 */
export async function untilLogged(
  program: string,
  { stdout, stderr }: ChildProcess,
  ready: string,
): Promise<void> {
  let log = "";
  stderr?.on("data", (chunk) => (log += String(chunk)));
  for await (const chunk of stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    log += String(chunk);
    if (log.includes(ready)) return;
  }
  throw new Error(`${program} did not start:\n${log}`);
}
