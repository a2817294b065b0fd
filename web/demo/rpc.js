/** Questions to a worker that answers each by its number. */
export function connect(worker) {
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data: [id, value, error] }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  };
  worker.onerror = ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || "a script of this page could not be loaded"));
    waiting.clear();
  };
  return (op, argument) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      worker.postMessage([last, op, argument]);
    });
}
