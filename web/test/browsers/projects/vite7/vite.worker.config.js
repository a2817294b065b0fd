// A worker of the page's own that imports a package with dynamic imports: Vite 7 asks for modules.
export default { base: "./", worker: { format: "es" }, build: { rollupOptions: { input: "worker.html" } } };
