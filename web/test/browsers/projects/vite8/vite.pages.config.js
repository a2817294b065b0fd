// Several pages, and a service worker at a fixed name.
export default {
  base: "./",
  build: {
    rollupOptions: {
      input: ["img.html", "pipe.html", "service.html", "worker.html", "sw.js"],
      output: { entryFileNames: ({ name }) => (name === "sw" ? "[name].js" : "assets/[name]-[hash].js") },
    },
  },
};
