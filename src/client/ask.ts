/** What a server answered to a POST; status 0 where no answer came. */
export interface Answer {
  readonly status: number;
  /** The JSON it sent, or undefined. */
  readonly body: { readonly [name: string]: unknown } | undefined;
}

/** Posts JSON, or nothing. Never rejects. */
export async function ask(url: string, message: object | undefined, signal: AbortSignal): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  const body = message && { headers, body: JSON.stringify(message) };
  try {
    const response = await fetch(url, { method: "POST", signal, ...body });
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
    return typeof value === "object" ? (value ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
