"""Training with PyTorch: batches, context model, optimizer, checkpoints, and the way to integers and ONNX."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import vaerans_ecs.functional as F

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch installs it")
pytest.importorskip("safetensors", reason="safetensors is not installed: it is in the extra 'train'")

from tools.train import data, generated, network, pack, prune  # noqa: E402
from tools.train.base_model import at_level, base_model  # noqa: E402
from tools.train.batches import Batches  # noqa: E402
from tools.train.codec import OnnxNetworks, TorchNetworks  # noqa: E402
from tools.train.codec_net import CodecNet, load, save  # noqa: E402
from tools.train.config import PRESETS  # noqa: E402
from tools.train.integer_model import IntegerModel  # noqa: E402
from tools.train.integers import SCALE_DIVISOR, integers  # noqa: E402
from tools.train.loss import RateDistortion  # noqa: E402
from tools.train.metrics import blur_conv, blur_slices, ms_ssim  # noqa: E402
from tools.train.muon import Orthogonalizer  # noqa: E402
from tools.train.nonnegative import solve  # noqa: E402
from tools.train.run import Run  # noqa: E402
from tools.train.taps import thin  # noqa: E402

TOY = replace(PRESETS["smoke"], base_channels=8, steps=6, batch=3, crop=32, refine_steps=1, pattern_count=7, warmup=2)


@pytest.fixture
def packed(tmp_path) -> Run:
    run = Run(TOY, tmp_path / "run")
    data.stage(run)
    return run


def warm_net() -> CodecNet:
    """A model whose taps are not 0."""
    torch.manual_seed(3)
    net = CodecNet(TOY, TOY.base_channels)
    with torch.no_grad():
        for name in ("own_mean", "cross_mean"):
            getattr(net.context, name).normal_(0, 0.05)
        for name in ("own_scale", "cross_scale"):
            getattr(net.context, name).uniform_(0, 0.5)
    return net


def test_a_batch_depends_on_seed_and_step_alone(packed):
    photos = pack.read(packed.of("data"))
    first, second = (Batches(photos, TOY, 8, "cpu") for _ in range(2))
    first.batch(4)
    for a, b in zip(first.batch(5), second.batch(5), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(first.batch(5).pixels, first.batch(6).pixels)
    other = Batches(photos, replace(TOY, seed=2), 8, "cpu")
    assert not torch.equal(first.batch(5).pixels, other.batch(5).pixels)


def test_bits_do_not_depend_on_what_is_decoded_later():
    net = warm_net()
    level, y = at_level(net.context, 4.0), torch.randn(1, 8, 6, 7)
    other = y.clone()
    other[:, 4, 3:] += 1
    other[:, 5:] += 1
    first, second = (net.context.bits(v, level)[0] for v in (y, other))
    assert torch.equal(first[:, :4], second[:, :4])
    assert torch.equal(first[:, 4, :3], second[:, 4, :3])
    assert not torch.equal(first[:, 6], second[:, 6])


def test_the_integers_say_what_the_trained_context_says():
    net = warm_net()
    thin(net.context, torch.randn(2, 8, 6, 7), at_level(net.context, 3.0), 6, 8)
    arrays = integers(base_model(net.context, range(8)), print)
    arrays["tab"] = np.ones((2, 60, 4, 32), np.int64)
    model, level = IntegerModel(arrays), at_level(net.context, 5.0)
    q = torch.round(torch.randn(1, 8, 6, 7) * level.gain * 0.7)
    values = q / level.gain
    mean = net.context.mean(values, level)
    scale = net.context.scale((values - mean).abs(), level) * level.gain / SCALE_DIVISOR
    means, classes = model.context(q[0].detach().numpy().astype(np.int64), model.prepare(40))
    assert np.abs(means / 4096 - (mean * level.gain)[0].detach().numpy()).max() < 0.02
    octaves = np.log2(np.clip(scale[0].detach().numpy() * 4096, 16, None))
    assert np.abs((classes + 16) / 4 + 0.1 - octaves).max() < 0.35


def test_thinning_keeps_no_more_taps_than_it_is_told():
    net = warm_net()
    thin(net.context, torch.randn(2, 8, 6, 7), at_level(net.context, 3.0), 5, 7)
    means = sum(net.context.taps(n).ne(0).flatten(1).sum(1) for n in ("own_mean", "cross_mean"))
    scales = sum(net.context.taps(n).ne(0).flatten(1).sum(1) for n in ("own_scale", "cross_scale", "sum_scale"))
    assert int(means.max()) <= 5 and int(scales.max()) <= 7


def test_ms_ssim_is_that_of_the_product():
    x, noise = generated.picture(1, 200, 240), np.random.default_rng(1).normal(0, 12, (200, 240, 3))
    y = np.clip(x + noise, 0, 255).astype(np.uint8)
    first, second = (torch.from_numpy(p.copy()).permute(2, 0, 1)[None].float() / 255 for p in (x, y))
    by_conv, by_slices = (float(ms_ssim(first, second, blur)) for blur in (blur_conv, blur_slices))
    assert by_conv == pytest.approx(F.ms_ssim(x, y), abs=2e-5)
    assert by_slices == pytest.approx(by_conv, abs=1e-6)


def test_muon_brings_singular_values_to_about_one():
    shapes = [torch.Size((12, 5, 3, 3)), torch.Size((40, 6, 1, 1)), torch.Size((70, 9, 3, 3))]
    momenta = [torch.randn(shape) for shape in shapes]
    for momentum, step in zip(momenta, Orthogonalizer(shapes, torch.float32)(momenta), strict=True):
        matrix = step.flatten(1) / (0.2 * max(step.flatten(1).shape) ** 0.5)
        values = torch.linalg.svdvals(matrix)
        assert step.shape == momentum.shape and float(values.min()) > 0.6 and float(values.max()) < 1.3


def test_weights_that_may_not_be_negative_are_the_best_ones():
    nnls = pytest.importorskip("scipy.optimize").nnls
    rows = torch.randn(3, 9, 40, dtype=torch.float64) + 0.3
    targets = torch.randn(3, 40, dtype=torch.float64)
    found = solve(rows @ rows.transpose(1, 2), (rows @ targets[:, :, None])[..., 0])
    for k in range(3):
        assert np.allclose(found[k].numpy(), nnls(rows[k].T.numpy(), targets[k].numpy())[0], atol=1e-4)


def test_training_goes_on_from_a_checkpoint_as_if_nothing_had_happened(packed, tmp_path):
    straight = network.Training(packed)
    assert straight.loop()
    packed.of("network").joinpath("checkpoint.pt").unlink()
    half = Run(replace(TOY, steps=TOY.steps), packed.folder)
    first = network.Training(half)
    stop_after(first, 3)
    second = network.Training(half)
    second.resume()
    assert second.optimizer.step_count == 3
    assert second.loop()
    for name, a, b in zip(straight.optimizer.names, straight.optimizer.average, second.optimizer.average, strict=True):
        mask = dict(second.net.context.named_buffers()).get("mask_" + name.removeprefix("context."), torch.ones(()))
        assert torch.allclose(a * mask, b * mask, atol=1e-6), name


def stop_after(training: network.Training, steps: int) -> None:
    """Train some steps and write a checkpoint, as a run does that is told to pause."""
    one = training.one

    def counted(share: float) -> None:
        one(share)
        if training.optimizer.step_count == steps:
            training.run.pause_after = 1e-9

    training.one = counted
    assert not training.loop()
    training.run.pause_after = 0


def test_other_settings_do_not_go_on_from_a_checkpoint(packed):
    stop_after(network.Training(packed), 1)
    other = network.Training(replace(packed, config=replace(TOY, base_channels=9)))
    with pytest.raises(SystemExit, match="base_channels"):
        other.resume()


def test_gains_do_not_fall_below_their_floor(packed):
    config = replace(TOY, gain_floor=0.5)
    training = network.Training(replace(packed, config=config))
    assert training.loop()
    assert float(training.net.context.log_gain.detach().min()) >= 0.5


def test_a_step_with_a_gradient_that_is_no_number_changes_nothing_for_good(packed):
    optimizer = network.Training(packed).optimizer
    optimizer.schedule(1.0)
    optimizer.step([torch.full_like(p, float("nan")) for p in optimizer.parameters])
    assert all(bool(torch.isfinite(tensor).all()) for tensor in optimizer.tensors())


def test_the_loss_is_one_graph_for_a_compiler(packed):
    training = network.Training(packed)
    loss = RateDistortion(training.net, TOY, mixed=False, blur=blur_slices)
    compiled = torch.compile(loss, fullgraph=True, dynamic=False, backend="eager")
    batch = training.batches.batch(0)
    assert torch.allclose(compiled(*batch)[0], loss(*batch)[0], rtol=1e-5)


def test_dead_channels_are_cut_without_a_change(packed):
    net = warm_net()
    with torch.no_grad():
        net.context.log_gain[:, [1, 4]] = -20
        for name in ("cross_scale", "sum_scale"):
            getattr(net.context, name)[:, :] *= 0
    kept = prune.alive_channels(packed, net)
    assert kept.tolist() == [0, 2, 3, 5, 6, 7]
    smaller, x = prune.cut(packed, net, kept), torch.rand(1, 3, 32, 48)
    levels = [at_level(n.context, 7.0) for n in (net, smaller)]
    bits, q = zip(
        *(n.context.bits(n.encoder(x), at) for n, at in zip((net, smaller), levels, strict=True)), strict=True
    )
    assert torch.allclose(bits[0][:, kept], bits[1], atol=1e-5)
    pictures = [n.decoder(v * at.step) for n, v, at in zip((net, smaller), q, levels, strict=True)]
    assert torch.allclose(*pictures, atol=1e-5)


def test_a_model_comes_back_from_its_file(tmp_path):
    net = warm_net()
    save(tmp_path / "n.safetensors", net, basis=torch.eye(4))
    read, more = load(tmp_path / "n.safetensors", TOY)
    assert torch.equal(more["basis"], torch.eye(4))
    assert all(torch.equal(a, b) for a, b in zip(net.state_dict().values(), read.state_dict().values(), strict=True))


def test_exported_networks_compute_what_pytorch_does(tmp_path):
    pytest.importorskip("onnxruntime")
    export = pytest.importorskip("tools.train.export", reason="onnx is not installed")
    net, basis = warm_net().eval(), torch.linalg.qr(torch.randn(768, 12))[0].half().float()
    prune.round_weights(net)
    export.write_networks(tmp_path, net, basis)
    ours, theirs = TorchNetworks(net, basis), OnnxNetworks(tmp_path)
    x = np.random.default_rng(1).random((1, 3, 48, 80), np.float32)
    y, second = ours.encode(x), ours.residual(x, 1 - x)
    assert y.shape == (1, 8, 3, 5) and second.shape == (1, 12, 3, 5)
    assert np.allclose(theirs.encode(x), y, atol=1e-5)
    assert np.allclose(theirs.decode(y), ours.decode(y), atol=1e-5)
    assert np.allclose(theirs.residual(x, 1 - x), second, atol=1e-5)
    assert np.allclose(theirs.enhance(second), ours.enhance(second), atol=1e-5)


def test_exported_files_keep_to_the_contract(tmp_path):
    onnx = pytest.importorskip("onnx")
    export = pytest.importorskip("tools.train.export")
    export.write_networks(tmp_path, warm_net(), torch.zeros(768, 12))
    expected = {
        "encoder": ([(1, 3, "H", "W")], (1, 8, "h", "w")),
        "decoder": ([(1, 8, "h", "w")], (1, 3, "H", "W")),
        "residual": ([(1, 3, "H", "W")] * 2, (1, 12, "h", "w")),
        "enhancement": ([(1, 12, "h", "w")], (1, 3, "H", "W")),
    }
    for name, (inputs, output) in expected.items():
        model = onnx.load(tmp_path / f"{name}.onnx")
        assert model.opset_import[0].version == 17
        assert [shape(value) for value in model.graph.input] == inputs
        assert [shape(value) for value in model.graph.output] == [output]
        weights = [w for w in model.graph.initializer if len(w.dims) > 0]
        assert all(w.data_type == onnx.TensorProto.FLOAT16 for w in weights)


def shape(value) -> tuple:
    return tuple(d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim)
