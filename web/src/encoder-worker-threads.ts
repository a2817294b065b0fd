import make from "glue:encoder-threads";
import { encoderOps } from "./ops-encode.js";
import { serve } from "./serve.js";

serve(make, encoderOps);
