// The package in a run time without a page. Prints what came out as JSON.
import * as vaerans from "vaerans";
import { check } from "./check.js";

console.log(JSON.stringify(await check(vaerans)));
