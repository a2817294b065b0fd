"""The network engine natively: compiled networks loaded and run, and small networks built of layers.

>>> import numpy as np
>>> from vaerans_ecs import nn
>>> nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 5)).forward(np.zeros((1, 10), np.float32)).shape
(1, 5)
"""

from __future__ import annotations

from .layers import (
    GELU,
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    GroupNorm,
    Hardswish,
    Identity,
    Layer,
    LayerNorm,
    LeakyReLU,
    Linear,
    MaxPool2d,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from .model import Memory, Model, Port, Step, load
from .optimizer import Optimizer, Trial
from .sequential import Sequential

__all__ = [
    "GELU",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Flatten",
    "GroupNorm",
    "Hardswish",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "Memory",
    "Model",
    "Optimizer",
    "Port",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Step",
    "Tanh",
    "Trial",
    "load",
]
