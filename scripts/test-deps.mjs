// Ensures the programs that the tests start: named by the environment, or on PATH, else installed with apt-get where
// this is root on Debian. What can't be had fails here, in one line, so that no test ever skips for want of a program.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/** What the tests start: a row is the program, Debian's package of it, and the variable that names another one. */
const programs = [
  { binary: "redis-server", debianPackage: "redis-server", override: "REDIS_SERVER" },
  { binary: "openssl", debianPackage: "openssl", override: "OPENSSL" },
  { binary: "turnserver", debianPackage: "coturn", override: "TURNSERVER" },
  { binary: "chromium", debianPackage: "chromium", override: "CHROMIUM_PATH" },
];
// Clocks are skewed by `npm run faults` alone.
if (process.argv.includes("--faults")) {
  programs.push({ binary: "faketime", debianPackage: "faketime", override: "FAKETIME_PROGRAM" });
}

for (const { override } of programs) {
  const path = process.env[override];
  if (path && !isRunnable(path)) fail(`${override} is ${path}, which is no program`);
}

const missing = programs.filter((program) => !isPresent(program));
if (missing.length > 0) {
  const packages = missing.map((program) => program.debianPackage).join(" ");
  if (process.getuid?.() !== 0 || !isRunnable("apt-get")) {
    fail(
      `the tests need ${missing.map(describe).join(", ")}: install Debian's ${packages}, or run as root on Debian`,
    );
  }
  console.error(`the tests need ${packages}: installing with apt-get`);
  install(packages.split(" "));

  const absent = missing.filter((program) => !isPresent(program));
  if (absent.length > 0) fail(`apt-get could not install ${absent.map(describe).join(", ")}`);
}

function isPresent({ binary, override }) {
  return isRunnable(process.env[override] || binary);
}

function isRunnable(program) {
  return spawnSync("sh", ["-c", 'command -v "$0"', program], { stdio: "ignore" }).status === 0;
}

function describe({ binary, override }) {
  return `${binary} (on PATH, or named by ${override})`;
}

function install(packages) {
  withoutServices(() => {
    if (!aptGet("update")) console.error("apt-get update failed: going on with the lists that are here");
    aptGet("install", "--yes", "--no-install-recommends", ...packages);
  });
}

function aptGet(...args) {
  const patience = ["-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  return (
    spawnSync("apt-get", ["-qq", ...patience, ...args], { stdio: ["ignore", "ignore", "inherit"], env })
      .status === 0
  );
}

/**
 * Debian starts a service as it installs it: here that would leave a Redis on port 6379, and a TURN server, that nobody asked for. Its
 * maintainer scripts ask `policy-rc.d` first (101: do not start), and `RUNLEVEL` where that does not reach.
 */
function withoutServices(work) {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return work();
  // With a listener a signal waits until the work, which is synchronous, has returned and the policy is gone again.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(policy, { force: true });
  }
}

function fail(reason) {
  console.error(`npm test: ${reason}`);
  process.exit(1);
}
