#!/usr/bin/env python3
"""Make a model folder from the weights of a tiny autoencoder.

    python tools/taesd_to_onnx.py WEIGHTS.safetensors OUT_DIR [--name NAME]

Writes OUT_DIR/encoder.onnx, OUT_DIR/decoder.onnx and OUT_DIR/model.json. Works for taesd, taesdxl, taesd3, taef1, taef2
(8-bit, half or single precision weights). `VAERANS_MODEL_DIR=PARENT` then lets `OnnxVAEEncode(model=NAME)` find it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vaerans_ecs.errors import VaeransError
from vaerans_ecs.models.taesd import convert_taesd


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="safetensors file")
    parser.add_argument("out_dir", type=Path, help="folder to write")
    parser.add_argument("--name", help="model name (default: the file's name up to the first dot)")
    args = parser.parse_args()
    try:
        spec = convert_taesd(args.weights, args.out_dir, args.name)
    except (VaeransError, OSError) as error:
        print(f"taesd_to_onnx: {error}", file=sys.stderr)
        return 1
    print(f"{args.out_dir}: {spec.name}, {spec.latent_channels} channels at 1/{spec.downscale}, sha256 {spec.sha256}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
