// A worker whose instance finds no memory.
globalThis.onmessage = () => globalThis.postMessage([undefined, "limit.memory\nno memory for another instance", true]);
