//! The meaning of the distances: one window at a time.

use crate::{SsimConstants, GAUSSIAN_TAPS, UNIFORM_SIDE};

/// Lanes of a float reduction, on every instruction set.
const LANES: usize = 16;

/// Sum over 16 lanes (element `i` goes to lane `i % 16`), then halves onto halves: the order every kernel keeps.
fn lane_sum(values: impl Iterator<Item = f64>) -> f64 {
    let mut lanes = [0f64; LANES];
    for (i, value) in values.enumerate() {
        lanes[i % LANES] += value;
    }
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// Sum of squared differences of integers, exact.
pub fn sse<T: Copy + Into<i64>>(a: &[T], b: &[T]) -> u64 {
    let square = |(&x, &y): (&T, &T)| {
        let d: i64 = x.into() - y.into();
        (d * d) as u64
    };
    a.iter().zip(b).map(square).sum()
}

/// Sum of squared differences of floats.
pub fn sse_f32(a: &[f32], b: &[f32]) -> f64 {
    lane_sum(a.iter().zip(b).map(|(&x, &y)| {
        let d = f64::from(x) - f64::from(y);
        d * d
    }))
}

/// Row sums of SSIM over windows of 7x7 samples of equal weight.
///
/// With S the window sums and n = 49, mean = S / n and sample covariance = (n Sxy - Sx Sy) / (n (n - 1)); every
/// quantity below is the one of the SSIM fraction times n^2 or n (n - 1), which cancels, and is an exact integer until
/// the constants come in. `constants` are C1 n^2 and C2 n (n - 1).
pub fn ssim<T: Copy + Into<f64>>(
    a: &[T],
    b: &[T],
    (row, channels): (usize, usize),
    constants: SsimConstants,
    begin: usize,
    sums: &mut [f64],
) {
    const N: f64 = (UNIFORM_SIDE * UNIFORM_SIDE) as f64;
    let windows = row - (UNIFORM_SIDE - 1) * channels;
    let at = |y: usize, i: usize| {
        let [mut sx, mut sy, mut sq, mut sp] = [0f64; 4];
        for position in (0..UNIFORM_SIDE).flat_map(|v| (0..UNIFORM_SIDE).map(move |u| (y + v) * row + i + u * channels))
        {
            let (x, y): (f64, f64) = (a[position].into(), b[position].into());
            sx += x;
            sy += y;
            sq += x * x + y * y;
            sp += x * y;
        }
        let product = sx * sy;
        let squares = sx * sx + sy * sy;
        let numerator = (2.0 * product + constants.c1) * (2.0 * (N * sp - product) + constants.c2);
        let denominator = (squares + constants.c1) * ((N * sq - squares) + constants.c2);
        numerator / denominator
    };
    for (y, sum) in (begin..).zip(sums) {
        *sum = lane_sum((0..windows).map(|i| at(y, i)));
    }
}

/// Row sums of SSIM and of its contrast-structure part over 11x11 Gaussian windows of one plane.
pub fn gaussian_ssim(
    a: &[f32],
    b: &[f32],
    width: usize,
    weights: &[f64; GAUSSIAN_TAPS],
    constants: SsimConstants,
    begin: usize,
    sums: &mut [[f64; 2]],
) {
    let radius = GAUSSIAN_TAPS - 1;
    // x, y, x^2 + y^2, x y
    let moments = |position: usize| {
        let (x, y) = (f64::from(a[position]), f64::from(b[position]));
        [x, y, x * x + y * y, x * y]
    };
    for (y, sum) in (begin..).zip(sums) {
        let down = |i: usize| taps(weights, |k| moments((y + k) * width + i));
        let columns: Vec<[f64; 4]> = (0..width).map(down).collect();
        let pairs: Vec<[f64; 2]> = (0..width - 2 * radius)
            .map(|i| taps(weights, |k| columns[i + k]))
            .map(|means| fractions(means, constants))
            .collect();
        *sum = [lane_sum(pairs.iter().map(|p| p[0])), lane_sum(pairs.iter().map(|p| p[1]))];
    }
}

/// `w[0] * m(centre)`, then `w[k] * (m(centre - k) + m(centre + k))` for growing k, of each moment.
fn taps(weights: &[f64; GAUSSIAN_TAPS], at: impl Fn(usize) -> [f64; 4]) -> [f64; 4] {
    let radius = GAUSSIAN_TAPS - 1;
    let mut acc = at(radius).map(|m| weights[0] * m);
    for (k, weight) in weights.iter().enumerate().skip(1) {
        let (left, right) = (at(radius - k), at(radius + k));
        for (acc, (l, r)) in acc.iter_mut().zip(left.iter().zip(right)) {
            *acc += weight * (l + r);
        }
    }
    acc
}

/// SSIM and contrast-structure of one window (Wang 2003, equations 5 to 7 with alpha = beta = gamma = 1).
fn fractions([x, y, q, p]: [f64; 4], constants: SsimConstants) -> [f64; 2] {
    let product = x * y;
    let squares = x * x + y * y;
    let structure = (2.0 * (p - product) + constants.c2) / ((q - squares) + constants.c2);
    let luminance = (2.0 * product + constants.c1) / (squares + constants.c1);
    [luminance * structure, structure]
}

/// Rows `begin..` of the picture of half the size; `dst` holds exactly these rows.
pub fn halve(src: &[f32], (height, width): (usize, usize), dst: &mut [f32], begin: usize) {
    let half = width.div_ceil(2);
    // An odd side starts with one line of zeros, as avg_pool2d(padding = side % 2) does.
    let at = |y: usize, x: usize| {
        let (y, x) = (y.wrapping_sub(height % 2), x.wrapping_sub(width % 2));
        if y < height && x < width {
            src[y * width + x]
        } else {
            0.0
        }
    };
    for (i, value) in dst.iter_mut().enumerate() {
        let (y, x) = (2 * (begin + i / half), 2 * (i % half));
        *value = 0.25 * ((at(y, x) + at(y, x + 1)) + (at(y + 1, x) + at(y + 1, x + 1)));
    }
}
