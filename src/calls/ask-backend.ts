import { BackendError } from "./backend.ts";

/** A backend's reply, or the word `away` where it can't answer. What else it throws is a bug and stays one. */
export async function askBackend<Reply>(asked: Promise<Reply>): Promise<Reply | { readonly word: "away" }> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof BackendError) return { word: "away" };
    throw error;
  }
}
