#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { helpText } from "../settings/help.ts";
import { readSettings } from "../settings/read.ts";
import { complain } from "./complain.ts";
import { serve } from "./serve.ts";

const manifest = readManifest();

async function main(): Promise<void> {
  if (isNodeTooOld()) {
    complain(`needs Node ${manifest.engines.node}, this is ${process.version}; install a newer Node`);
    process.exitCode = 1;
    return;
  }
  const reading = readSettings(process.argv.slice(2), process.env);
  switch (reading.kind) {
    case "help":
      process.stdout.write(helpText());
      break;
    case "version":
      process.stdout.write(`${manifest.version}\n`);
      break;
    case "problems":
      reading.problems.forEach(complain);
      process.exitCode = 2;
      break;
    case "settings":
      reading.notices.forEach(complain);
      await serve(reading.settings);
  }
}

type Manifest = { readonly version: string; readonly engines: { readonly node: string } };

/** Reads the manifest of this package. The sources and the build are equally deep in it. */
function readManifest(): Manifest {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
}

function isNodeTooOld(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = (manifest.engines.node.match(/\d+/g) ?? []).map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

await main();
