/**
 * The module that a script keeps as base64, in place of a file that gave `error`. Without a script, or where that does not help
 * either, throws an Error that says what a site can do about it. `option`: where its own URL goes, if it may give one.
 * @internal
 */
export async function compileInlined(
  file: string,
  script: (() => Promise<{ default: string }>) | undefined,
  error: unknown,
  option?: string,
): Promise<WebAssembly.Module> {
  let more = "";
  try {
    if (script) return await WebAssembly.compile(Uint8Array.from(atob((await script()).default), (c) => c.charCodeAt(0)));
  } catch (again) {
    more = ` (and the copy in the scripts: ${again})`;
  }
  throw new Error(
    `cannot load ${file}.wasm: ${error}${more}. Serve the folder dist/wasm of the package beside its scripts, as application/wasm` +
      `${option ? `, or pass ${option}` : ""}; a Content-Security-Policy needs 'wasm-unsafe-eval' in script-src`,
  );
}
