import { randomCallName } from "./call-words.ts";

/** The call that the address names. Where it names none, a new one is made. */
export function callOfAddress(): string {
  return new URL(location.href).searchParams.get("call")?.trim() || startCall();
}

/** Makes a new call, which the address names from then on, so that it is the link to it. */
export function startCall(): string {
  const name = randomCallName();
  history.replaceState(undefined, "", linkOf(name));
  return name;
}

/** The link that brings somebody else to this call. */
export function linkOf(name: string): string {
  const link = new URL(".", location.href);
  link.searchParams.set("call", name);
  return link.href;
}

/** The server that served this page, which is the one that carries its calls. */
export function serverUrl(): URL {
  return new URL(".", location.href);
}
