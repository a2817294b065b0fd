import { quickStart } from "./pipe.js";

quickStart().then(postMessage, (error) => postMessage({ error: String(error?.message ?? error) }));
