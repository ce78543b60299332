import type { World, WorldOptions } from "./world.ts";

/** Notes a figure of one strike: what was measured, and the most it may be. */
export type Note = (name: string, value: number, most?: number, unit?: "" | "ms") => void;

/** Something that goes wrong while clients talk, and is over when `strike` resolves. */
export interface Fault {
  readonly name: string;
  readonly does: string;
  readonly options?: WorldOptions;
  /** The closes it may bring; any other is broken. */
  readonly closes: readonly number[];
  /** Whether a handshake may be closed 1013, at a server that is still without its Redis while another is not. */
  readonly refuses?: boolean;
  /** Those of `closes` that it must bring, or nothing was struck. */
  readonly mustClose?: readonly number[];
  /** Whether clients may be told of a gap; without it one that is told is broken. */
  readonly losesData?: boolean;
  /** Whether two masters may answer for a while; it notes when. */
  readonly divides?: boolean;
  /** Whether a session may end; without it each client must come back with the one it had. */
  readonly losesSeats?: boolean;
  readonly inject: (world: World, note: Note) => Promise<void>;
}
