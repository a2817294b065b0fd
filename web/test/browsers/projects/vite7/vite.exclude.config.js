// Vite 7 moves a pre-bundled package away from its worker files; left alone, the package finds them.
// A cache of its own: another configuration's server, running in the same folder, would lose its pre-bundled files to this one's.
export default { clearScreen: false, cacheDir: "node_modules/.vite-exclude", optimizeDeps: { exclude: ["vaerans"] } };
