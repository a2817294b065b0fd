import { fail } from "./errors.js";
import type { Variant, WasmFiles } from "./host.js";
import type { WasmSource } from "./types.js";

/** Bytes of a module that a browser without simd128 refuses: a function that gives i8x16.popcnt(i8x16.splat(0)). */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

/** The variant for one thread. There are browsers whose user has turned wasm off. @internal */
export const plainVariant = (): "base" | "simd" => (globalThis.WebAssembly?.validate(new Uint8Array(SIMD)) ? "simd" : "base");

/** Compiles what a server answered, as it arrives if it says that it is wasm. Servers answer HTML for files they do not have. */
async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  const type = response.headers.get("content-type");
  if (response.ok && type === "application/wasm" && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] === 0 && bytes[1] === 0x61) return WebAssembly.compile(bytes);
  throw new Error(`${response.url} answered ${response.status} ${type} instead of wasm`);
}

/** What a page may give in place of the package's own file. */
async function compileSource(source: WasmSource, get: (url: URL | string) => Promise<Response>): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  return typeof source === "string" || source instanceof URL ? compileResponse(await get(source)) : WebAssembly.compile(source as BufferSource);
}

/** The module from `given`, from its own file, or from the inlined copy. Errors: `unavailable.wasm`. @internal */
export async function loadModule(kind: WasmFiles, variant: Variant, given?: WasmSource): Promise<WebAssembly.Module> {
  try {
    return await compileSource(given ?? (await kind.url(variant)), kind.get);
  } catch (error) {
    return kind.rescue(variant, error, !given).catch(({ message }) => fail("unavailable.wasm", message, error));
  }
}
