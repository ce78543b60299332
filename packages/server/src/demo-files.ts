import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SettingFileError } from "./settings/setting-file-error.ts";
import type { StaticFiles } from "./transports/http/static-files.ts";

/** Where the build puts the demo. The sources and the build lie equally deep, so both find it by this path. */
const built = new URL("../dist/demo/", import.meta.url);

/** What the demo may do: load, and speak to, this very origin alone; see and hear its user, and show a screen. */
const pageHeaders = [
  "Content-Security-Policy",
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'",
  "Permissions-Policy",
  "camera=(self), microphone=(self), display-capture=(self)",
  "Referrer-Policy",
  "no-referrer",
];

/**
 * Finds what `--demo` serves: the page at `/`, and the files it refers to by their paths, such as `/page/main.js`.
 * `folder` is where the build put them.
 * @throws SettingFileError when the page is not there: it has not been built.
 */
export async function findDemoFiles(folder = built): Promise<StaticFiles> {
  const root = fileURLToPath(folder);
  try {
    const [index, ...names] = ["index.html", ...(await readdir(new URL("page/", folder)))];
    const found = await readdir(folder);
    if (!found.includes(index)) throw new Error(`ENOENT: ${root} has no page`);
    const paths = new Map(names.map((name) => [`/page/${name}`, { name: `page/${name}`, headers: [] }]));
    return { root, files: new Map([["/", { name: index, headers: pageHeaders }], ...paths]) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SettingFileError(`--demo: the page can't be read: ${reason}`, { cause });
  }
}
