// Ensures redis-server and Chromium for the tests: PATH first, apt-get when root on Debian.
import { spawnSync } from "node:child_process";
const has = (c) => spawnSync("sh", ["-c", `command -v ${c}`]).status === 0;
const want = [];
if (!has("redis-server")) want.push("redis-server");
if (!has("redis-cli")) want.push("redis-tools");
if (!process.env.CHROMIUM_PATH && !["chromium", "chromium-browser", "google-chrome"].some(has))
  want.push("chromium");
if (want.length) {
  if (process.getuid?.() !== 0 || !has("apt-get")) {
    console.error(`tests need: ${want.join(" ")}; install them or run as root on Debian/Ubuntu`);
    process.exit(1);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const run = (...a) => {
    console.error("+ apt-get", ...a);
    const r = spawnSync("apt-get", ["-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300", ...a], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
    return r.status;
  };
  const upd = run("-qq", "update");
  if (upd !== 0) console.error("apt-get update failed; trying with the lists already here");
  if (run("-qq", "install", "-y", "--no-install-recommends", ...want) !== 0) process.exit(1);
}
