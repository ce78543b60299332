/** What somebody on the call is shown as: nobody here has a name, so everybody has a flag. */
export interface Guest {
  readonly name: string;
  readonly flag: string;
}

/** Who is who, by id: the same to all who see the same ids. Where two would have one flag, the later id goes on to the next. */
export function nameGuests(ids: Iterable<string>): ReadonlyMap<string, Guest> {
  const guests = new Map<string, Guest>();
  const taken = new Set<string>();
  for (const id of [...ids].toSorted()) {
    const guest = firstFree(hashOf(id), taken);
    taken.add(guest.name);
    guests.set(id, guest);
  }
  return guests;
}

/** The first free flag from this place on; when all are taken, a second round begins. */
function firstFree(place: number, taken: ReadonlySet<string>): Guest {
  for (let step = 0; ; step += 1) {
    const flag = flags[(place + step) % flags.length] ?? "echo";
    const round = Math.floor(step / flags.length) + 1;
    const name = flag.charAt(0).toUpperCase() + flag.slice(1) + (round > 1 ? ` ${round}` : "");
    if (!taken.has(name)) return { name, flag };
  }
}

/** FNV-1a: any even spread would do, but all pages must have the same. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Flags that say nothing on this page themselves. They are drawn in flags.svg. */
const flags = [
  "echo",
  "foxtrot",
  "golf",
  "hotel",
  "india",
  "juliett",
  "lima",
  "mike",
  "oscar",
  "romeo",
  "sierra",
  "tango",
  "uniform",
  "victor",
  "whiskey",
  "zulu",
];
