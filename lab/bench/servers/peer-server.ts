/** PeerJS server, as its document embeds it. Its limits are lifted, so that it takes the load and keeps who is silent. */
import { PeerServer } from "peer";

const dayMs = 86_400_000;
const [, , port] = process.argv;
PeerServer(
  { port: Number(port), host: "127.0.0.1", path: "/", concurrent_limit: 100_000, alive_timeout: dayMs },
  () => void process.stdout.write(`http://127.0.0.1:${port}\n`),
);
