/** Leaves it all to a worker of the page's own, which imports the package. */
globalThis.result = new Promise((resolve) => {
  const worker = new Worker(new URL("./in-worker.js", import.meta.url), { type: "module" });
  worker.onmessage = (event) => resolve(event.data);
  worker.onerror = (event) => resolve({ error: event.message || "the page's own worker did not load" });
});
