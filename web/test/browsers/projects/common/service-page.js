import { isGradient, shown } from "./check.js";

/** A plain <img> that the service worker answers, and a decode inside of it. ?script= names another one, which answers no <img>. */
async function run() {
  const script = new URLSearchParams(location.search).get("script");
  const registration = await navigator.serviceWorker.register(script ?? "./sw.js", { type: "module" });
  try {
    if (!navigator.serviceWorker.controller) await new Promise((resolve) => (navigator.serviceWorker.oncontrollerchange = resolve));
    const { port1, port2 } = new MessageChannel();
    const inside = await new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      navigator.serviceWorker.controller.postMessage("/data/gradient.vrn", [port2]);
    });
    if (script) return { isExact: true, inside };
    const image = Object.assign(new Image(), { src: "/data/gradient.vrn" });
    await image.decode();
    return { ...inside, isExact: inside.isExact && isGradient(shown(image)) };
  } finally {
    await registration.unregister();
  }
}

globalThis.result = run().catch((error) => ({ error: `${error?.name}: ${error?.message ?? error}` }));
globalThis.result.then((result) => (document.title = result.error ?? "done"));
