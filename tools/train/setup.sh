#!/usr/bin/env bash
# What training needs, in .venv-train: PyTorch (several GB; PyTorch's index of CPU builds where it can be reached and there is no GPU).
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv-train
stamp=$venv/.setup
[ "$stamp" -nt requirements/torch.txt ] && [ "$stamp" -nt requirements/dev.txt ] && exit 0
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "train: Python 3.11 or later is needed" >&2; exit 1; }
[ -x $venv/bin/python ] || "$python" -m venv $venv
pip() { $venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }
cpu=https://download.pytorch.org/whl/cpu
if [ -e /dev/nvidia0 ] || ! pip --index-url $cpu -r requirements/torch.txt 2>/dev/null; then pip -r requirements/torch.txt; fi
pip -c requirements/dev.txt numpy pillow safetensors onnx onnxruntime
touch "$stamp"
