import make from "glue:vaeencoder-simd";
import { vaeEncoderOps } from "./ops-vae.js";
import { serve } from "./serve.js";

serve(make, vaeEncoderOps());
