import { BackendError } from "./backend.ts";

/**
 * A backend's reply; or `away` where it decided nothing, and `unknown` where nobody can know whether
 * it did. What else it throws is a bug and stays one.
 */
export async function askBackend<Reply>(
  asked: Promise<Reply>,
): Promise<Reply | { readonly word: "away" | "unknown" }> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof BackendError) return { word: error.code === "unsent" ? "away" : "unknown" };
    throw error;
  }
}
