import make from "glue:decoder-threads";
import { decoderOps } from "./ops-decode.js";
import { serve } from "./serve.js";

serve(make, decoderOps);
