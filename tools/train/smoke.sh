#!/usr/bin/env bash
# The whole training pipeline at toy size, on a CPU, in a folder of its own: `make train-smoke`. What it trains decodes, and is good for nothing.
# VAERANS_TRAIN_PYTHON is a Python that has what training needs, in place of .venv-train; VAERANS_SHARED the folder with photos, in place
# of ../shared: without it, pictures are generated.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${VAERANS_TRAIN_PYTHON:-}
if [ -z "$python" ]; then tools/train/setup.sh; python=.venv-train/bin/python; fi
work=build/train-smoke
rm -rf "$work"
"$python" -m tools.train all --preset smoke --device cpu --threads 1 --work "$work" --photos "${VAERANS_SHARED:-../shared}/data"
for name in encoder.onnx decoder.onnx residual.onnx enhancement.onnx entropy_model.npz photos.tsv model_card.md; do
  [ -s "$work/export/$name" ] || { echo "train-smoke: $work/export/$name is missing" >&2; exit 1; }
done
# Nothing is left to do, and the pipeline knows.
"$python" -m tools.train all --preset smoke --device cpu --work "$work" --photos "${VAERANS_SHARED:-../shared}/data" | grep -c "finished before" |
  grep -qx 8 || { echo "train-smoke: a finished stage ran again" >&2; exit 1; }
