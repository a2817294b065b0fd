// What a page imports, in a service worker.
import { decode } from "./node_modules/vaerans/dist/index.js";
import { answer } from "./sw-answer.js";

oninstall = () => skipWaiting();
onactivate = (event) => event.waitUntil(clients.claim());
answer(decode);
