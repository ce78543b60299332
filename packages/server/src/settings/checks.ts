import type { SettingName, Settings } from "./rows.ts";

/** The settings whose values are amounts of time, of bytes or of items. */
type Amount = { [N in SettingName]: Settings[N] extends number ? N : never }[SettingName];

/** A rule: the sum of `parts` is less than `whole`, or, with `atMost`, not more. */
type Rule = {
  readonly parts: readonly Amount[];
  readonly atMost: boolean;
  readonly whole: Amount;
  readonly because: string;
};

const rules: readonly Rule[] = [
  {
    parts: ["wsPingIntervalMs"],
    atMost: false,
    whole: "wsReadTimeoutMs",
    because: "a PONG comes only after a PING",
  },
  {
    parts: ["wsReadTimeoutMs"],
    atMost: false,
    whole: "seatTimeoutMs",
    because: "a silent websocket ends before its seat does",
  },
  {
    parts: ["bodyLimitBytes"],
    atMost: true,
    whole: "logBytes",
    because: "the log holds the largest signal",
  },
  {
    parts: ["logBytes", "bodyLimitBytes"],
    atMost: true,
    whole: "wsSendBufferBytes",
    because: "a whole replay and the next signal go out at once",
  },
];

/** Where a setting comes from: the flag or variable, the text, and whether the text is the default. */
export type Source = { readonly name: string; readonly text: string; readonly isDefault: boolean };

/**
 * Checks settings against each other and returns the errors, one per line. Skips the rules about a setting that is
 * missing. `sourceOf` returns where a setting comes from; without it, lines have the names in `Settings`.
 */
export function checkSettings(
  settings: Partial<Settings>,
  sourceOf: (name: SettingName) => Source | undefined = () => undefined,
): string[] {
  const nameOf = (name: SettingName): string => sourceOf(name)?.name ?? name;
  const shown = (name: SettingName): string => {
    const { text, isDefault } = sourceOf(name) ?? { text: JSON.stringify(settings[name]), isDefault: false };
    return `${nameOf(name)} (${isDefault ? "default " : ""}${text})`;
  };
  const problems: string[] = [];
  for (const { parts, atMost, whole, because } of rules) {
    const limit = settings[whole] ?? Number.NaN;
    const sum = parts.reduce((total, part) => total + (settings[part] ?? Number.NaN), 0);
    // A missing setting yields NaN, for which both comparisons are false.
    if (!(atMost ? sum > limit : sum >= limit)) continue;
    problems.push(
      `${shown(whole)} must be ${atMost ? "at least" : "more than"} ${parts.map(shown).join(" plus ")}, ` +
        `since ${because}; raise ${nameOf(whole)} or lower ${parts.map(nameOf).join(" or ")}`,
    );
  }
  if (overlap(settings))
    problems.push(
      `${shown("addr")} and ${shown("healthzAddr")} would share a port; give one of them another`,
    );
  problems.push(...halfOfTurn(settings, nameOf), ...halfOfSentinel(settings, nameOf));
  return problems;
}

/** Credentials for a TURN server need both its URL and the secret shared with it. */
function halfOfTurn(
  { turnUrl, turnSecret, turnSecretFile }: Partial<Settings>,
  nameOf: (name: SettingName) => string,
): string[] {
  if (turnUrl === undefined || turnSecret === undefined || turnSecretFile === undefined) return [];
  const isSecretGiven = turnSecret !== "" || turnSecretFile !== "";
  if (turnUrl.length > 0 === isSecretGiven) return [];
  if (!isSecretGiven)
    return [
      `${nameOf("turnUrl")} needs the secret shared with that server; give ${nameOf("turnSecretFile")} or ${nameOf("turnSecret")} too`,
    ];
  const secret = nameOf(turnSecret === "" ? "turnSecretFile" : "turnSecret");
  return [`${secret} has no server to share it with; give ${nameOf("turnUrl")} too`];
}

/** Sentinels need the name of a master, a master needs Sentinels, and neither goes with the address of one Redis. */
function halfOfSentinel(settings: Partial<Settings>, nameOf: (name: SettingName) => string): string[] {
  const { redisAddr, redisSentinel, redisMaster } = settings;
  // The value without a master is undefined, too.
  if (redisSentinel === undefined || !("redisMaster" in settings)) return [];
  const [sentinels, master] = [nameOf("redisSentinel"), nameOf("redisMaster")];
  if (redisSentinel.length === 0)
    return redisMaster === undefined ? [] : [`${master} has nobody to ask; give ${sentinels} too`];
  if (redisAddr !== undefined)
    return [`${sentinels} says where Redis is, and so does ${nameOf("redisAddr")}; give one of them`];
  return redisMaster === undefined
    ? [`${sentinels} needs the name that the Sentinels know Redis by; give ${master} too`]
    : [];
}

function overlap({ addr, healthzAddr }: Partial<Settings>): boolean {
  if (addr === undefined || healthzAddr === undefined) return false;
  if (addr.port === 0 || addr.port !== healthzAddr.port) return false;
  return addr.host === undefined || healthzAddr.host === undefined || addr.host === healthzAddr.host;
}
