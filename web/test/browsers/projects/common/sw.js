import { decode, install } from "vaerans/sw";
import { answer } from "./sw-answer.js";

install();
answer(decode);
