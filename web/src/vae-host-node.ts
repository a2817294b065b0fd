import { beside } from "./file-url.js";
import { kindOf } from "./host-node.js";

export { workingFolder as baseUrl } from "./file-url.js";

/** @internal */
export const vaeKind = kindOf("vae", () => import("./local-vae.js"));

/** @internal */
export const ownFolder = (): URL => beside(import.meta.url, "./vae/");
