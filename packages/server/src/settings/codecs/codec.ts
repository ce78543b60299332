/**
 * The value of a text, or the refusal. A refusal completes a sentence that starts with the text:
 * `"30" needs a unit, e.g. 30s`.
 */
export type Parsed<Value> = { readonly value: Value } | { readonly refusal: string };

/** A kind of setting: how its values are read, written and described. */
export interface Codec<Value> {
  /** Reads the text of a flag, of an environment variable, or of a default. */
  parse(text: string): Parsed<Value>;
  /**
   * Writes a value that a program passes as text. `parse` reads that text back, unless the codec has `accept`. The
   * program might not be type-checked, so any value must yield a text; `parse` or `accept` refuses the wrong ones.
   */
  print(value: unknown): string;
  /** Reads a value that a program passes, for kinds with values that have no text which `parse` reads. */
  accept?(value: unknown): Parsed<Value>;
  /** Quotes a text for a message. Hides the passwords in it. */
  show(text: string): string;
  /** What `--help` shows in place of the value, e.g. `<duration>`; empty for a kind whose flag needs no value. */
  readonly placeholder: string;
  /** Describes the accepted values in `--help` and in refusals, e.g. `100ms to 24h`; empty if refusals describe them. */
  readonly range: string;
  /** The text that a flag without a value stands for. Without it, a flag needs a value. */
  readonly bareFlag?: string;
}
