import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SettingFileError } from "./settings/setting-file-error.ts";
import type { StaticFiles } from "./transports/http/static-files.ts";

/** The folder of the built demo. The path is the same from the sources as from the build, which is equally deep. */
const built = new URL("../dist/demo/", import.meta.url);

/** The demo may load from and connect to its own origin only, and use the camera, the microphone and the screen. */
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
 * Finds the files that `--demo` serves from `folder`: the page at `/`, and the files that it refers to, by their paths,
 * such as `/page/main.js`.
 * @throws SettingFileError if the page has not been built.
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
