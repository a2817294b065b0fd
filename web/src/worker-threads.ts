import make from "glue:decoder-threads";
import { ops } from "./ops-decode.js";
import { serve } from "./serve.js";

serve(make, ops);
