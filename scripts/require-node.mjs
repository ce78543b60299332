// Stops with one clear line where Node is too old to run TypeScript as it stands (the root's own Node comes with `npm ci`).
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 9)) {
  console.error(
    `signals needs Node 24.9 or newer, this is ${process.version}: run \`npm ci\` (it brings one) or install Node 24.9+`,
  );
  process.exit(1);
}
