import { callNameProblem } from "webrtc-signals-protocol";
import { SignalsError } from "./errors.ts";

/** The address of a server, without a slash at its end. @throws SignalsError `bad_url` */
export function baseOf(url: string | URL): string {
  const base = URL.parse(String(url), globalThis.location?.href);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new SignalsError("bad_url", `${String(url)} is not the address of a server: give https://host`);
  }
  return base.origin + base.pathname.replace(/\/+$/, "");
}

/** A call's name, checked. @throws SignalsError `bad_name` */
export function nameOf(name = ""): string {
  // A slash would begin another path, and URLs eat what consists of dots.
  const problem = /\/|^\.\.?$/.test(name) ? "the call's name can't be part of a URL" : callNameProblem(name);
  if (problem !== undefined) throw new SignalsError("bad_name", problem);
  return name;
}
