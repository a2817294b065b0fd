// The pipes in a run time without a page. Prints what came out as JSON.
import { quickStart } from "./pipe.js";

console.log(JSON.stringify(await quickStart()));
