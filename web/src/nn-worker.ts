import make from "glue:engine-simd";
import { networkOps } from "./nn-ops.js";
import { serve } from "./serve.js";

serve(make, networkOps());
