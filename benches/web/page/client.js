/** Runs a job here, or in a worker of this page. */
let worker;
let last = 0;

export const page = async (name, argument) => (await import("./jobs.js")).jobs[name](argument);

export function inWorker(name, argument) {
  worker ??= new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const id = ++last;
  return new Promise((resolve, reject) => {
    const listen = ({ data }) => {
      if (data.id !== id) return;
      worker.removeEventListener("message", listen);
      if (data.error) reject(new Error(data.error));
      else resolve(data.value);
    };
    worker.addEventListener("message", listen);
    worker.addEventListener("error", (event) => reject(new Error(`the worker failed: ${event.message}`)), { once: true });
    worker.postMessage({ id, name, argument });
  });
}

export { inWorker as worker };
