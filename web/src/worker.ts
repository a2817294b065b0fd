import make from "glue:decoder-simd";
import { decoderOps } from "./ops-decode.js";
import { serve } from "./serve.js";

serve(make, decoderOps);
