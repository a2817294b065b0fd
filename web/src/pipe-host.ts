import type { Kind, Variant } from "./host.js";

/** Where the module of pipes is. @internal */
export const host: Pick<Kind, "url" | "get" | "rescue"> = {
  url: async (variant) =>
    variant === "simd" ? new URL("./wasm/pipe-simd.wasm", import.meta.url) : new URL("./wasm/pipe-base.wasm", import.meta.url),
  get: (url) => fetch(url),
  async rescue(variant: Variant, error: unknown, own: boolean): Promise<Uint8Array | string> {
    try {
      const inline = () => (variant === "simd" ? import("./inline/pipe-simd.js") : import("./inline/pipe-base.js"));
      if (own) return Uint8Array.from(atob((await inline()).default), (c) => c.charCodeAt(0));
    } catch {}
    return (
      `cannot load pipe-${variant}.wasm: ${error}. Serve the folder dist/wasm of the package beside its scripts, or pass ` +
      "World.create({ wasm: url }); a Content-Security-Policy needs 'wasm-unsafe-eval' in script-src"
    );
  },
};
