// A worker that never answers.
globalThis.onmessage = () => {};
