// A service worker has no import map.
import { decode, install } from "./node_modules/vaerans/dist/sw.js";
import { answer } from "./sw-answer.js";

install();
answer(decode);
