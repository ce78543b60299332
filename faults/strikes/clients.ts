import type { Fault } from "../fault.ts";

/** What goes wrong with clients. */
export const clientFaults: readonly Fault[] = [];
