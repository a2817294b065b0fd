"""The error codes of learned models: code -> (what it means, what to do). docs/errors.md is made from them."""

from __future__ import annotations

CODES = {
    "model.not_found": (
        "no model of that name or path",
        "put the model folder where the message says, or name another",
    ),
    "model.missing_file": ("a model folder lacks a file", "fetch the folder again, or export the missing file"),
    "model.invalid": ("model.json or a PIL-VAE file holds an impossible value", "correct the field the message names"),
    "model.checksum": ("a model's weights are not those that were expected", "fetch the model the data was made with"),
    "model.shape": ("a network does not have the inputs, outputs or sizes model.json states", "correct model.json"),
    "model.sampling": ("an encoder draws random numbers", "export the mean of the latent, not a sample"),
    "model.run": ("ONNX Runtime cannot load or run a network", "check the file with onnx.checker, or export it again"),
    "model.weights": ("a file of weights is damaged or not of a tiny autoencoder", "fetch it again, or name another"),
    "model.download": ("the hub did not give a model's files", "check the name, or fetch the files by hand"),
}
