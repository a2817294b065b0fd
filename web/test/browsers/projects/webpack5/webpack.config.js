module.exports = { mode: "production", entry: { main: "./main.js", "worker-page": "./worker-page.js", pipe: "./pipe.js" }, performance: { hints: false } };
