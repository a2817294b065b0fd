// Vite 7 moves a pre-bundled package away from its worker files; left alone, the package finds them.
export default { clearScreen: false, optimizeDeps: { exclude: ["vaerans"] } };
