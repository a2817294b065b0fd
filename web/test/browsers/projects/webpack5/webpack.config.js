module.exports = { mode: "production", entry: { main: "./main.js", "worker-page": "./worker-page.js" }, performance: { hints: false } };
