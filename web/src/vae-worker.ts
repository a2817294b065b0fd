import make from "glue:vae-simd";
import { vaeOps } from "./ops-vae.js";
import { serve } from "./serve.js";

serve(make, vaeOps());
