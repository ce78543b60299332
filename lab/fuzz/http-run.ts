import { problems } from "webrtc-signals-protocol";
import { join, type Ticket } from "../wire/test-peer.ts";
import { type HttpAnswer, readAnswers } from "./answers.ts";
import { exchange, repeat } from "./exchange.ts";
import { shownBytes, Tally } from "./findings.ts";
import { Random } from "./random.ts";
import { type MutatedRequest, requestOf } from "./requests.ts";
import type { Run } from "./websocket-run.ts";

/** What came of it: answers by status, cases by family. */
export interface HttpTally {
  readonly statuses: Tally;
  readonly families: Tally;
}

/** Sends mutated requests on connections of their own, ends our side, and looks at every answer. */
export async function runRequests(run: Run): Promise<HttpTally> {
  const { url, seed, first, count, findings, perSecond } = run;
  const target = new URL(url);
  const tally = { statuses: new Tally(), families: new Tally() };
  const tickets: Ticket[] = [];
  await repeat(
    { count, atOnce: 32, ...(perSecond === undefined ? {} : { perSecond }) },
    async (index, worker) => {
      const ticket = (tickets[worker] ??= await join(
        url,
        `fuzz http ${first} ${worker} ${performance.now()}`,
      ));
      run.handedOut(ticket.session);
      const request = requestOf(ticket, new Random(seed, first + index));
      const { got, by } = await exchange(target, { first: request.bytes, half: true });
      const answers = readAnswers(got, request.method === "HEAD");
      tally.families.add(request.family);
      for (const { status } of answers) tally.statuses.add(String(status));
      for (const session of sessionsIn(answers)) run.handedOut(session);
      const wrong = by === "silent" ? "no answer" : wrongWith(request, answers);
      if (wrong === undefined) return;
      const name = `case http:${first + index}, ${request.family}: ${shownBytes(request.bytes)}`;
      findings.add(`http: ${wrong}`, `${name} answered ${JSON.stringify(got.toString("latin1", 0, 300))}`);
    },
  );
  return tally;
}

const known: ReadonlySet<number> = new Set([
  100,
  101,
  200,
  204,
  304,
  ...Object.values(problems).map(({ status }) => status),
]);
const codes: ReadonlyMap<string, number> = new Map(
  Object.entries(problems).map(([code, { status }]) => [code, status]),
);

/** What is wrong with what a request was answered, or nothing. */
function wrongWith(request: MutatedRequest, answers: readonly HttpAnswer[]): string | undefined {
  const [first] = answers;
  if (first === undefined) return request.allowed === undefined ? undefined : "no answer at all";
  for (const answer of answers) {
    const wrong = wrongWithAnswer(answer);
    if (wrong !== undefined) return wrong;
  }
  const { allowed } = request;
  if (allowed === undefined || allowed.includes(first.status)) return undefined;
  return `${first.status} where ${allowed.join(", ")} is due`;
}

function wrongWithAnswer({ status, headers, body }: HttpAnswer): string | undefined {
  if (status === 500) return "500";
  if (status === 503) return "503 where no limit was reached";
  if (!known.has(status)) return `a status that is not in PROTOCOL.md, ${status}`;
  if (status < 400) return undefined;
  if (headers.get("content-type") !== "application/problem+json") return `${status} without a problem`;
  if (body === undefined) return undefined;
  const problem = problemIn(body);
  if (problem === undefined) return `${status} with a problem that is no JSON`;
  return codes.get(problem.code) === status ? undefined : `${status} with the problem ${problem.code}`;
}

function problemIn(body: string): { readonly code: string } | undefined {
  try {
    const value: { code?: unknown } = JSON.parse(body);
    return { code: String(value.code) };
  } catch {
    return undefined;
  }
}

/** The sessions that joins among these answers handed out. */
function sessionsIn(answers: readonly HttpAnswer[]): readonly string[] {
  return answers.flatMap(({ status, body }) => {
    const [, session] = /"kind":"JOIN".*"session":"([\w-]{27})"/.exec(body ?? "") ?? [];
    return status === 200 && session !== undefined ? [session] : [];
  });
}
