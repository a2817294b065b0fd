/**
 * The URL of a file of the package, seen from a script of it. Written so that no bundler takes it for a file to emit: Next's takes one that it
 * cannot tell for any. @internal
 */
export const beside = (script: string, path: string): URL => Reflect.construct(URL, [path, script]) as URL;

/** Fetches; file: URLs are read from the disk. Deno and Bun have the same module. @internal */
export async function get(url: URL | string, init?: { signal: AbortSignal }): Promise<Response> {
  const file = new URL(url);
  if (file.protocol !== "file:") return fetch(file, init);
  const { readFile } = await import("node:fs/promises");
  return new Response((await readFile(file)) as BodyInit);
}

/** What a relative path is relative to: the working folder, as a URL. @internal */
export function workingFolder(): string {
  const path = (globalThis as { process?: { cwd(): string } }).process?.cwd() ?? "";
  return Object.assign(new URL("file:///"), { pathname: `${path.replaceAll("%", "%25")}/` }).href;
}
