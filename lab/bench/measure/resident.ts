import { readFileSync } from "node:fs";

/** The memory of a process that is resident, in bytes: VmRSS of Linux's /proc/<pid>/status. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
