import type { TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Health } from "../../src/admin/page.ts";
import { startAdmin } from "../../src/admin/server.ts";
import type { Admin } from "../../src/admin/server.ts";

/** An admin server on a free port of 127.0.0.1, healthy unless told otherwise, closed when the test ends. */
export async function serve(t: TestContext, health: Partial<Health> = {}): Promise<Admin> {
  const healthy: Health = { reachable: () => Promise.resolve(true), draining: () => false };
  const admin = await startAdmin({ host: "127.0.0.1", port: 0, health: { ...healthy, ...health } });
  t.after(() => admin.close());
  return admin;
}

/** Status and body of a GET. */
export async function get(url: string): Promise<[number, string]> {
  const response = await fetch(url);
  return [response.status, await response.text()];
}

/** Lets the event loop turn until the condition holds; the runner's timeout bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}
