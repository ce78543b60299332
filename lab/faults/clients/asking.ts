import { Agent, request } from "node:http";

/** A server's answer; status 0 is none. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** How long an answer is waited for. */
const patienceMs = 4000;

/** Keeps its connections; one for all the clients of a harness. */
export function makeAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: Infinity, scheduling: "fifo" });
}

/** One request, as cheap as it can be made; never rejects. */
export function asked(agent: Agent, method: "GET" | "POST", url: string, message?: object): Promise<Answer> {
  return new Promise((resolve) => {
    const body = message === undefined ? "" : JSON.stringify(message);
    const headers =
      body === "" ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const nothing = (): void => {
      clearTimeout(patience);
      resolve({ status: 0, text: "" });
    };
    const asking = request(url, { agent, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", nothing);
      response.on("end", () => {
        clearTimeout(patience);
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    const patience = setTimeout(() => asking.destroy(), patienceMs);
    asking.on("error", nothing);
    asking.on("close", nothing);
    asking.end(body);
  });
}
