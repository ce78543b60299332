import type { Page, PageResponse } from "./page.ts";

/** `/debug`: a link to each page of the table, with its sentence. It needs no script, so none may run. */
export function indexResponse(pages: readonly Page[]): PageResponse {
  const rows = pages.map(
    ({ path, summary }) => `<dt><a href="${escapeHtml(path)}">${escapeHtml(path)}</a></dt>
<dd>${escapeHtml(summary)}</dd>`,
  );
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>signals: admin pages</title>
</head>
<body>
<h1>signals: admin pages</h1>
<dl>
${rows.join("\n")}
</dl>
</body>
</html>
`;
  const headers = [
    "Content-Type",
    "text/html; charset=utf-8",
    "Content-Security-Policy",
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ];
  return { status: 200, headers, body };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
