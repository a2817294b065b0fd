import make from "glue:encoder-threads";
import { ops } from "./ops-encode.js";
import { serve } from "./serve.js";

serve(make, ops);
