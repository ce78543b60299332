/**
 * Loaded into the server's process before the service itself (`--import`): on SIGUSR2 it collects garbage and writes
 * what is left to stderr. The service knows nothing of it.
 */
process.on("SIGUSR2", () => {
  globalThis.gc?.();
  globalThis.gc?.();
  process.stderr.write(`memory ${JSON.stringify(process.memoryUsage())}\n`);
});
