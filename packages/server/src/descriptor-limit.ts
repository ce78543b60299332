/**
 * How many files, sockets among them, this process may have open: the soft limit, which Node has
 * already raised to the hard one at its start. `undefined` where there is none: no limit is set, or
 * the system has no such thing (Windows). Takes about 2 ms; ask once.
 */
export function descriptorLimit(): number | undefined {
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork = false } = report;
  // Without this, the report would look up the host name of every peer there is a connection to.
  report.excludeNetwork = true;
  try {
    return softLimitOf(report.getReport());
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

/** Node's manual, "Diagnostic report", has the fields; its types leave them out. */
function softLimitOf(report: { userLimits?: { open_files?: { soft?: unknown } } }): number | undefined {
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === "number" ? soft : undefined;
}
