import { kindOf } from "./host-node.js";

/** @internal */
export const vaeEncoderKind = kindOf("vaeencoder", () => import("./local-vae-encoder.js"));
