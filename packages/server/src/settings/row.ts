/**
 * What a setting's text may be. Bounds are inclusive, and written as a user would write the value.
 * `auto` also accepts that word, which becomes `undefined`.
 */
export type Kind =
  | { readonly kind: "duration" | "size"; readonly min: string; readonly max: string }
  | { readonly kind: "count"; readonly min: string; readonly max: string; readonly auto?: true }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  /** True or false; its flag alone means true. */
  | { readonly kind: "switch" }
  | { readonly kind: "address" }
  | { readonly kind: "origins" }
  | { readonly kind: "redis" }
  | { readonly kind: "redis-master" }
  | { readonly kind: "sentinels" }
  | { readonly kind: "ice-servers" }
  | { readonly kind: "turn-urls" }
  /** Any text of the characters that `pattern` says in words; a secret is never shown. */
  | { readonly kind: "text"; readonly pattern: RegExp; readonly says: string; readonly secret?: true };

/** One setting: `default` is the text a user would write, `notice` what to say when it is given. */
export type Row = Kind & {
  readonly name: string;
  readonly flag: string;
  readonly default: string;
  readonly notice?: string;
  readonly help: string;
};
