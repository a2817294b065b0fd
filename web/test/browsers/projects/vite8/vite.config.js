export default { base: "./", clearScreen: false };
