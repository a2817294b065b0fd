export default { base: "./", build: { rollupOptions: { input: "pipe.html" } } };
