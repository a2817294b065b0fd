module.exports = {
  mode: "production",
  entry: {
    main: "./main.js",
    "worker-page": "./worker-page.js",
    pipe: "./pipe.js",
    "img-page": "./img-page.js",
    "service-page": "./service-page.js",
    sw: "./sw.js",
  },
  performance: { hints: false },
  devServer: { static: ".", host: "127.0.0.1", port: "auto" },
};
