import { readFileSync } from "node:fs";

/**
 * The CPU time, user and system, that a process has taken with all its threads, in microseconds. From Linux's
 * /proc/<pid>/stat (proc_pid_stat(5)), which counts in hundredths of a second: measure for long enough.
 */
export function processCpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command's name, in parentheses, may hold anything; what follows it begins with field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * usPerTick;
}

/** USER_HZ, which Linux fixes at 100 for everybody outside the kernel. */
const usPerTick = 10_000;
