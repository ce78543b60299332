/** What a server answered to a POST; status 0 where no answer came. */
export interface Answer {
  readonly status: number;
  /** The JSON it sent, or undefined. */
  readonly body: { readonly [name: string]: unknown } | undefined;
}

/** How long an answer is waited for: the server has one within a second, but what lies between may stand still. */
const patienceMs = 10_000;

/** Posts JSON. Never rejects; an abort is no answer. */
export async function ask(url: string, message: object, over?: AbortSignal): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify(message);
  const patience = AbortSignal.timeout(patienceMs);
  const signal = over ? AbortSignal.any([over, patience]) : patience;
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal });
    return { status: response.status, body: readObject(await response.text()) };
  } catch {
    return { status: 0, body: undefined };
  }
}

/** What a refusal says to do, or its status. */
export function detailOf({ status, body }: Answer): string {
  const detail = body?.["detail"];
  return typeof detail === "string" ? detail : `the server answered ${status}`;
}

/** An object from JSON; undefined for anything else. */
export function readObject(text: string): Answer["body"] {
  try {
    const value: Answer["body"] = JSON.parse(text);
    return value && typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}
