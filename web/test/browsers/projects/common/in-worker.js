import { decode, encode, engineInfo } from "vaerans";
import { check } from "./check.js";

check({ decode, encode, engineInfo }).then(postMessage, (error) => postMessage({ error: String(error?.message ?? error) }));
