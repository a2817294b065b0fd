"""The closed-form pieces of PIL-VAE: orthogonal layers, probabilistic PCA, ridge regression; patches of pictures."""

from __future__ import annotations

import numpy as np

LEVELS = np.float32(255.0)


def orthogonal_layer(size: int, rng: np.random.Generator) -> np.ndarray:
    """A random orthogonal matrix (size, size), Haar-distributed: QR of a Gaussian matrix, signs fixed (Mezzadri)."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return (q * np.sign(np.diag(r))).astype(np.float32)


def mirrored(weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The layer [W; -W]: behind a leaky ReLU of slope a it still holds all linear maps of Wx + b,

    since lrelu(u) - lrelu(-u) = (1 + a) u. A linear readout of it is therefore never worse than one of the input.
    """
    return np.concatenate([weight, -weight]), np.concatenate([bias, -bias])


def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    """max(x, slope * x) in place, for 0 <= slope <= 1."""
    np.maximum(x, x * np.float32(slope), out=x)
    return x


class Moments:
    """Sums for mean and covariance, in float64, fed in pieces."""

    def __init__(self, size: int) -> None:
        self.count, self.total, self.outer = 0, np.zeros(size), np.zeros((size, size))

    def add(self, x: np.ndarray) -> None:
        """Rows of `x` are observations."""
        x = x.astype(np.float64)
        self.count += len(x)
        self.total += x.sum(0)
        self.outer += x.T @ x

    def mean_covariance(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and covariance (divided by n) of all rows so far."""
        mean = self.total / self.count
        return mean, self.outer / self.count - np.outer(mean, mean)


def probabilistic_pca(covariance: np.ndarray, components: int) -> tuple[np.ndarray, np.ndarray, float]:
    """(axes (d,k), variances (k,), noise variance) of maximum likelihood (Tipping and Bishop 1999).

    Axes are leading eigenvectors, each with its largest entry positive; the noise is the mean of the other eigenvalues.
    """
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    axes = vectors[:, :components]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(components)])
    noise = float(values[components:].mean()) if components < len(values) else 0.0
    return axes, values[:components], noise


def ridge_pseudoinverse(gram: np.ndarray, cross: np.ndarray, ridge: float) -> np.ndarray:
    """(F'F + ridge tr(F'F)/d I)^-1 F'Y from the products: the readout (d, outputs) of features F for targets Y."""
    size = len(gram)
    return np.linalg.solve(gram + np.eye(size) * (ridge * np.trace(gram) / size), cross)


def to_patches(picture: np.ndarray, p: int) -> np.ndarray:
    """(H,W,3) to (ceil(H/p), ceil(W/p), p*p*3), edges repeated; within a patch row, column, channel."""
    height, width = picture.shape[:2]
    rows, columns = -(-height // p), -(-width // p)
    if (rows * p, columns * p) != (height, width):
        extra = ((0, rows * p - height), (0, columns * p - width), (0, 0))
        picture = np.pad(picture, extra, mode="edge")
    blocks = picture.reshape(rows, p, columns, p, 3).transpose(0, 2, 1, 3, 4)
    return blocks.reshape(rows, columns, p * p * 3)


def from_patches(patches: np.ndarray, p: int) -> np.ndarray:
    """The inverse of `to_patches` for a picture that is a multiple of p: (h,w,p*p*3) to (h*p, w*p, 3)."""
    rows, columns = patches.shape[:2]
    return patches.reshape(rows, columns, p, p, 3).transpose(0, 2, 1, 3, 4).reshape(rows * p, columns * p, 3)


def neighbourhoods(latent: np.ndarray, context: int, begin: int, end: int) -> np.ndarray:
    """Rows [begin, end) of a latent (C,h,w) as ((end-begin)*w, C*(2*context+1)^2), edges repeated.

    Order within a row of the result: latent channel, then row and column of the neighbour (as a convolution weight).
    """
    channels, height, width = latent.shape
    side = 2 * context + 1
    rows = np.clip(np.arange(begin - context, end + context), 0, height - 1)
    band = np.pad(latent[:, rows], ((0, 0), (0, 0), (context, context)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(band, (side, side), axis=(1, 2))
    return windows.transpose(1, 2, 0, 3, 4).reshape((end - begin) * width, channels * side * side)
