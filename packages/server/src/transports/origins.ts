/**
 * The origins whose pages may use the service: `*` is any, a list is those and no others, the empty list is the
 * request's own host and localhost. Each origin is written as browsers send it.
 */
export type Origins = "*" | readonly string[];

/**
 * Whether a request may be served, by its Origin and Host headers. One without an Origin passes. By default the Origin's host must be the Host, or be
 * localhost, 127.0.0.1 or [::1] with any port; `null` is refused.
 */
export function allowsOrigin(
  allowed: Origins,
  origin: string | undefined,
  host: string | undefined,
): boolean {
  if (origin === undefined) return true;
  if (allowed === "*") return true;
  const asked = origin.toLowerCase();
  if (allowed.length > 0) return allowed.some((one) => one.toLowerCase() === asked);
  const from = hostOf(asked);
  return from !== undefined && (from === host?.toLowerCase() || localHost.test(from));
}

const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

function hostOf(origin: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/]+)$/.exec(origin)?.[1];
}
