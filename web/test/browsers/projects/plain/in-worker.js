import { decode, encode, engineInfo } from "./node_modules/vaerans/dist/index.js";
import { check } from "./check.js";

check({ decode, encode, engineInfo }).then(postMessage, (error) => postMessage({ error: String(error?.message ?? error) }));
