export default { base: "./", build: { rollupOptions: { input: "worker.html" } } };
