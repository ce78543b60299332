import type { SettingName, Settings } from "./rows.ts";

/** The settings whose values are amounts: of time, of bytes, of things. */
type Amount = { [N in SettingName]: Settings[N] extends number ? N : never }[SettingName];

/** A rule: the sum of `parts` stays below `whole`, or at most reaches it. */
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

/** How the user knows a setting: the flag or variable it came by, its text, or that it is the default. */
export type Source = { readonly name: string; readonly text: string; readonly isDefault: boolean };

/**
 * Checks settings against each other and answers what is wrong, a line each; no line is good. A rule
 * about a setting that is missing is left out. `sourceOf` tells how the user gave a setting; without
 * it, settings go by their names in `Settings`.
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
    // Of a missing setting comes NaN, for which neither holds.
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

/** Credentials for a TURN server take both: where it is, and the secret shared with it. */
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

/** A Redis that fails over takes both: the Sentinels, and the name they know it by; and no address of one Redis. */
function halfOfSentinel(settings: Partial<Settings>, nameOf: (name: SettingName) => string): string[] {
  const { redisAddr, redisSentinel, redisMaster } = settings;
  // Undefined is what none given reads as, too.
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
