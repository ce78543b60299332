/** The path of a request's target (RFC 9112, section 3.2) as it was sent: neither decoded nor normalized. */
export function pathOf(target: string): string {
  const path = withoutOrigin(target);
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** The query of a request's target, without the question mark; empty if there is none. */
export function queryOf(target: string): string {
  const [, query = ""] = /^[^?#]*\?([^?#]*)/.exec(withoutOrigin(target)) ?? [];
  return query;
}

/** Proxies receive the absolute form. Every server must accept it, but not without a host (RFC 9110, section 4.2.1). */
function withoutOrigin(target: string): string {
  return target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?#]+/i, "");
}
