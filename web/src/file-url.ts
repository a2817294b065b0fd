/** Fetches; file: URLs are read from the disk. Deno and Bun have the same module. @internal */
export async function get(url: URL | string): Promise<Response> {
  const file = new URL(url);
  if (file.protocol !== "file:") return fetch(file);
  const { readFile } = await import("node:fs/promises");
  return new Response((await readFile(file)) as BodyInit);
}
