import { expectedPixels, hash } from "./check.js";

/** Decodes in the service worker, for a page that sends a URL and a port. */
export function answer(decode) {
  addEventListener("message", (event) => {
    const told = fetch(event.data)
      .then(decode)
      .then(
        ({ data, channels }) => ({ isExact: hash(data) === expectedPixels(channels) }),
        ({ code, message }) => ({ error: `${code}: ${message}` }),
      );
    event.waitUntil(told.then((got) => event.ports[0].postMessage(got)));
  });
}
