import type { TestContext } from "node:test";
import type { Report } from "../../packages/server/src/calls/ports/telemetry.ts";
import { type Service, type ServiceOptions, startService } from "../../packages/server/src/service.ts";

const anywhere = { host: "127.0.0.1", port: 0 };

/** Starts a service on free ports of loopback, closed when the test ends; every bug it reports fails the test. */
export async function serve(t: TestContext, options: ServiceOptions = {}): Promise<Service> {
  const bugs: unknown[] = [];
  const report = (told: Report): void => {
    if (told.event === "bug") bugs.push(told.error);
    options.report?.(told);
  };
  const service = await startService({ addr: anywhere, healthzAddr: anywhere, ...options, report });
  t.after(async () => {
    await service.close();
    if (bugs.length > 0) throw new AggregateError(bugs, "the service reported bugs");
  });
  return service;
}
