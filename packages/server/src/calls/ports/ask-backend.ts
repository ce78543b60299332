import { BackendError } from "./backend.ts";

/** The backend did not respond: `away`, it decided nothing; `unknown`, it might have decided. */
export type Undecided = { readonly word: "away" | "unknown" };

/** The outcome of an operation of a seat's holder: `gone`, the session holds no seat. */
export type Outcome = { readonly word: "ok" | "gone" } | Undecided;

/** Turns a `BackendError` into an outcome. Any other error is a bug and is thrown again. */
export async function askBackend<Reply>(asked: Promise<Reply>): Promise<Reply | Undecided> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof BackendError) return { word: error.code === "unsent" ? "away" : "unknown" };
    throw error;
  }
}
