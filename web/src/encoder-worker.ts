import make from "glue:encoder-simd";
import { ops } from "./ops-encode.js";
import { serve } from "./serve.js";

serve(make, ops);
