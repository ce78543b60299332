import { readdir, readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { extname } from "node:path";
import { SettingFileError } from "./ice-rules.ts";
import { type StaticFile, staticFile, type StaticFiles } from "./transports/http/static-files.ts";

/** The page, and the folders that its modules import. */
const folders = ["page", "client", "protocol"];
const index = "page/index.html";

/** What is served, by how the file ends; the rest of a folder, such as a build's types, is not. */
const contentTypes: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".ts", "text/javascript; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

/** What the page may do: load, and speak to, this very origin alone; see and hear its user, and show a screen. */
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
 * Reads what `--demo` serves, once: the page at `/`, and its modules by their paths, `/page/main.js`. `root` is the
 * folder that holds them: the sources or a build, whichever this file is part of. Of TypeScript comes the JavaScript
 * that a build would make; Node warns that this is experimental, so `npm start` has it keep that to itself.
 * @throws SettingFileError when the page or a folder can't be read.
 */
export async function readPageFiles(root = new URL("./", import.meta.url)): Promise<StaticFiles> {
  try {
    const paths = [index];
    for (const folder of folders) paths.push(...(await pathsIn(root, folder)));
    return new Map(await Promise.all(paths.map((path) => readPageFile(root, path))));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SettingFileError(`--demo: the page can't be read: ${reason}`, { cause });
  }
}

async function pathsIn(root: URL, folder: string): Promise<string[]> {
  const names = await readdir(new URL(folder, root), { recursive: true });
  const paths = names.map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
  return paths.filter((path) => path !== index && !path.endsWith(".d.ts") && contentTypes.has(extname(path)));
}

async function readPageFile(root: URL, path: string): Promise<readonly [string, StaticFile]> {
  const contentType = contentTypes.get(extname(path)) ?? "";
  const body = await readFile(new URL(path, root));
  if (path === index) return ["/", staticFile(contentType, body, pageHeaders)];
  if (!path.endsWith(".ts")) return [`/${path}`, staticFile(contentType, body)];
  const script = Buffer.from(scriptOf(body.toString()));
  return [`/${path.replace(/ts$/, "js")}`, staticFile(contentType, script)];
}

/** A module without its types, and with the names under which those it imports are served. */
function scriptOf(module: string): string {
  return stripTypeScriptTypes(module).replaceAll(/\b(from|import)(\s*\(?\s*"\.[^"]*)\.ts"/g, '$1$2.js"');
}
