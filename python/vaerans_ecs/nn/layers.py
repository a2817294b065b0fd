"""Layers by PyTorch's names: what they hold, and the nodes of ONNX's operators that they are."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from ..errors import ParamError

Numbers: TypeAlias = int | Sequence[int]
#: An operator of ONNX, names of what it reads besides the input ("" for the input itself), attributes.
Described: TypeAlias = tuple[str, list[str], dict[str, Any]]


def _numbers(value: Numbers, count: int, what: str, least: int = 1) -> list[int]:
    numbers = [value] * count if isinstance(value, int) else [int(v) for v in value]
    if len(numbers) != count or any(n < least for n in numbers):
        raise ParamError("param.range", f"{what} is {value!r}; {count} whole numbers from {least} on")
    return numbers


class Layer(ABC):
    """A layer: its tensors by PyTorch's names, and what it is."""

    #: Rank of the input that it needs; None for any.
    rank: int | None = None

    def __init__(self) -> None:
        self.tensors: dict[str, np.ndarray] = {}

    @abstractmethod
    def describe(self) -> list[Described]:
        """The operators, one behind another."""

    def input_shape(self) -> list[int | str] | None:
        """What it takes, where it says so; words are extents that callers choose."""
        return None

    def rank_after(self, rank: int) -> int:
        """Dimensions of what it gives."""
        return rank

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in self.tensors.items())
        return f"{type(self).__name__}({shapes})"


def _uniform(rng: np.random.Generator, bound: float, shape: Sequence[int]) -> np.ndarray:
    return rng.uniform(-bound, bound, shape).astype(np.float32)


class Linear(Layer):
    """y = x W^T + b. ``weight`` is (out_features, in_features), ``bias`` (out_features,)."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        sizes = _numbers([in_features, out_features], 2, "features")
        rng, bound = np.random.default_rng(0), 1 / math.sqrt(sizes[0])
        self.tensors["weight"] = _uniform(rng, bound, sizes[::-1])
        if bias:
            self.tensors["bias"] = _uniform(rng, bound, sizes[1:])

    def describe(self) -> list[Described]:
        """A product with the weights turned, and the bias."""
        nodes: list[Described] = [("MatMul", ["", "weight.T"], {})]
        return nodes + ([("Add", ["", "bias"], {})] if "bias" in self.tensors else [])

    def input_shape(self) -> list[int | str]:
        """(batch, in_features)."""
        return ["batch", self.tensors["weight"].shape[1]]


class _Conv(Layer):
    spatial = 2

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Numbers, stride: Numbers = 1,
        padding: Numbers | str = 0, dilation: Numbers = 1, groups: int = 1, bias: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        n = self.spatial
        self.rank = n + 2
        kernel = _numbers(kernel_size, n, "kernel_size")
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ParamError("param.range", f"groups is {groups}; it divides {in_channels} and {out_channels}")
        if padding not in ("valid", "same"):
            pads = _numbers(padding, n, "padding", 0)  # type: ignore[arg-type]
        else:
            pads = [0] * n if padding == "valid" else [
                d * (k - 1) // 2 for d, k in zip(_numbers(dilation, n, "dilation"), kernel, strict=True)
            ]  # fmt: skip
            if padding == "same" and any(k % 2 == 0 for k in kernel):
                raise ParamError("param.range", "padding='same' is for kernels of odd sizes")
        self.attributes = {
            "strides": _numbers(stride, n, "stride"),
            "pads": pads * 2,
            "dilations": _numbers(dilation, n, "dilation"),
            "group": groups,
        }
        rng = np.random.default_rng(0)
        shape = self._shape(in_channels, out_channels, groups, kernel)
        bound = 1 / math.sqrt(math.prod(shape[1:]))
        self.tensors["weight"] = _uniform(rng, bound, shape)
        if bias:
            self.tensors["bias"] = _uniform(rng, bound, [out_channels])
        self.channels = in_channels

    def _shape(self, channels: int, out: int, groups: int, kernel: list[int]) -> list[int]:
        return [out, channels // groups, *kernel]

    def describe(self) -> list[Described]:
        """One node."""
        return [("Conv", ["", *self.tensors], self.attributes)]

    def input_shape(self) -> list[int | str]:
        """(batch, in_channels, height, width), or (batch, in_channels, length)."""
        return ["batch", self.channels, *(["height", "width"] if self.spatial == 2 else ["length"])]


class Conv2d(_Conv):
    """Convolution of pictures (batch, channels, height, width). ``weight`` is (out, in / groups, height, width)."""


class Conv1d(_Conv):
    """Convolution of sequences (batch, channels, length). ``weight`` is (out, in / groups, length)."""

    spatial = 1


class ConvTranspose2d(_Conv):
    """Transposed convolution. ``weight`` is (in, out / groups, height, width)."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Numbers, stride: Numbers = 1, padding: Numbers = 0,
        output_padding: Numbers = 0, groups: int = 1, bias: bool = True, dilation: Numbers = 1,
    ) -> None:  # fmt: skip
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)
        self.attributes["output_padding"] = _numbers(output_padding, 2, "output_padding", 0)

    def _shape(self, channels: int, out: int, groups: int, kernel: list[int]) -> list[int]:
        return [channels, out // groups, *kernel]

    def describe(self) -> list[Described]:
        """One node."""
        return [("ConvTranspose", ["", *self.tensors], self.attributes)]


class BatchNorm2d(Layer):
    """Batch normalisation as it is after training; ``weight``, ``bias``, ``running_mean``, ``running_var`` by row."""

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.epsilon = float(eps)
        for name, value in (("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1)):
            self.tensors[name] = np.full(_numbers(num_features, 1, "num_features"), value, np.float32)

    def describe(self) -> list[Described]:
        """One node."""
        return [("BatchNormalization", ["", *self.tensors], {"epsilon": self.epsilon})]


class BatchNorm1d(BatchNorm2d):
    """The same of (batch, channels) and (batch, channels, length)."""


class GroupNorm(Layer):
    """Group normalisation; ``weight`` and ``bias`` by channel."""

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5) -> None:
        super().__init__()
        if num_groups < 1 or num_channels % num_groups:
            raise ParamError("param.range", f"num_groups is {num_groups}; it divides {num_channels}")
        self.attributes = {"num_groups": int(num_groups), "epsilon": float(eps)}
        self.tensors = {"weight": np.ones(num_channels, np.float32), "bias": np.zeros(num_channels, np.float32)}

    def describe(self) -> list[Described]:
        """One node."""
        return [("GroupNormalization", ["", *self.tensors], self.attributes)]


class LayerNorm(Layer):
    """Layer normalisation over the last axes, whose extents are ``normalized_shape``."""

    def __init__(self, normalized_shape: Numbers, eps: float = 1e-5) -> None:
        super().__init__()
        shape = [normalized_shape] if isinstance(normalized_shape, int) else [int(n) for n in normalized_shape]
        self.attributes = {"axis": -len(shape), "epsilon": float(eps)}
        self.tensors = {"weight": np.ones(shape, np.float32), "bias": np.zeros(shape, np.float32)}

    def describe(self) -> list[Described]:
        """One node."""
        return [("LayerNormalization", ["", *self.tensors], self.attributes)]


class _Plain(Layer):
    """No tensors, one operator."""

    op = ""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, Any] = {}

    def describe(self) -> list[Described]:
        """One node."""
        return [(self.op, [""], self.attributes)]


class ReLU(_Plain):
    """The greater of x and 0."""

    op = "Relu"


class Sigmoid(_Plain):
    """1 / (1 + e^-x)."""

    op = "Sigmoid"


class Tanh(_Plain):
    """Hyperbolic tangent."""

    op = "Tanh"


class SiLU(_Plain):
    """x times its sigmoid."""

    op = "Swish"


class Hardswish(_Plain):
    """x times a ramp from -3 to 3."""

    op = "HardSwish"


class LeakyReLU(_Plain):
    """x where it is above 0, else a part of it."""

    op = "LeakyRelu"

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.attributes = {"alpha": float(negative_slope)}


class GELU(_Plain):
    """x times the normal distribution at x; ``approximate="tanh"`` by a formula."""

    op = "Gelu"

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        if approximate not in ("none", "tanh"):
            raise ParamError("param.range", f"approximate is {approximate!r}; it is 'none' or 'tanh'")
        self.attributes = {"approximate": approximate}


class Softmax(_Plain):
    """Exponentials over their sum along ``dim``."""

    op = "Softmax"

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.attributes = {"axis": int(dim)}


class Flatten(_Plain):
    """All axes from the second on as one."""

    op = "Flatten"

    def __init__(self) -> None:
        super().__init__()
        self.attributes = {"axis": 1}

    def rank_after(self, rank: int) -> int:
        """Two."""
        return 2


class _Pool(_Plain):
    def __init__(self, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0) -> None:
        super().__init__()
        kernel = _numbers(kernel_size, 2, "kernel_size")
        strides = kernel if stride is None else _numbers(stride, 2, "stride")
        pads = _numbers(padding, 2, "padding", 0)
        self.attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads * 2}


class MaxPool2d(_Pool):
    """Greatest of each window."""

    op = "MaxPool"


class AvgPool2d(_Pool):
    """Mean of each window, padding included."""

    op = "AveragePool"

    def __init__(self, kernel_size: Numbers, stride: Numbers | None = None, padding: Numbers = 0) -> None:
        super().__init__(kernel_size, stride, padding)
        self.attributes["count_include_pad"] = 1


class AdaptiveAvgPool2d(_Plain):
    """Mean of all pixels of each channel (output size 1)."""

    op = "GlobalAveragePool"

    def __init__(self, output_size: Numbers = 1) -> None:
        super().__init__()
        if _numbers(output_size, 2, "output_size") != [1, 1]:
            raise ParamError("param.range", f"output_size is {output_size!r}; 1 is what there is")


class Identity(_Plain):
    """Gives what it takes."""

    op = "Identity"


class Dropout(Identity):
    """Nothing, once a network is trained."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.probability = float(p)


def loaded(name: str, mine: np.ndarray, given: Mapping[str, Any]) -> np.ndarray:
    """A tensor of a state dict that has the shape of `mine`."""
    array = np.asarray(given[name].detach().cpu() if hasattr(given[name], "detach") else given[name], np.float32)
    if array.shape != mine.shape:
        raise ParamError("param.shape", f"{name} is {list(array.shape)}; the layer's is {list(mine.shape)}")
    return np.array(array)
