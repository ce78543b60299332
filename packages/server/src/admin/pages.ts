import { liveResponse, readyResponse } from "./health.ts";
import { indexResponse } from "./index-page.ts";
import type { Page } from "./page.ts";
import { cpuProfileResponse, heapProfileResponse } from "./pprof.ts";

/** Every page of the admin port. A new page is one file and one row; the index and the routes follow from it. */
export const pages: readonly Page[] = [
  {
    path: "/livez",
    summary: "Answers 200 while the process turns, whatever the backend does.",
    respond: liveResponse,
  },
  {
    path: "/readyz",
    summary: "Answers 200 when new peers may be sent here, 503 while draining or without the backend.",
    respond: readyResponse,
  },
  {
    path: "/healthz",
    summary: "The same as /readyz, under its older name.",
    respond: readyResponse,
  },
  {
    path: "/debug",
    also: ["/", "/debug/pprof"],
    summary: "This index.",
    respond: () => indexResponse(pages),
  },
  {
    path: "/debug/pprof/profile",
    summary: "A CPU profile of the next ?seconds=N (1 to 300, default 30), for go tool pprof.",
    respond: cpuProfileResponse,
  },
  {
    path: "/debug/pprof/heap",
    summary: "What lives on the heap and where it was allocated, for go tool pprof.",
    respond: heapProfileResponse,
  },
];

const byPath = new Map(
  pages.flatMap((page) => [page.path, ...(page.also ?? [])].map((path) => [path, page])),
);

/** The page at a path, with or without a trailing slash, or undefined. */
export function findPage(path: string): Page | undefined {
  return byPath.get(path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path);
}
