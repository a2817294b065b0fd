// Several pages, and a service worker at a fixed name. A worker of the page's own that imports a package with dynamic imports:
// Vite 7 asks for modules.
export default {
  base: "./",
  worker: { format: "es" },
  build: {
    rollupOptions: {
      input: ["img.html", "pipe.html", "service.html", "worker.html", "sw.js"],
      output: { entryFileNames: ({ name }) => (name === "sw" ? "[name].js" : "assets/[name]-[hash].js") },
    },
  },
};
