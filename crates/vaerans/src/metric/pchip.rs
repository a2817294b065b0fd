//! Monotone piecewise cubic interpolation.

use crate::error::{Error, Result};

/// The interpolant of Fritsch and Carlson with Butland's weighted harmonic mean as slopes: between two points it never
/// leaves their values. The same curve as `scipy.interpolate.PchipInterpolator`.
///
/// F. N. Fritsch and J. Butland, "A method for constructing local monotone piecewise cubic interpolants", 1984.
#[derive(Debug, Clone)]
pub struct Pchip {
    x: Vec<f64>,
    y: Vec<f64>,
    slope: Vec<f64>,
}

impl Pchip {
    /// The curve through the points `(x[i], y[i])`.
    ///
    /// # Errors
    /// `param.shape` for fewer than two points or lengths that differ, `param.range` where x does not grow,
    /// `data.not_finite`.
    pub fn new(x: Vec<f64>, y: Vec<f64>) -> Result<Pchip> {
        if x.len() < 2 || x.len() != y.len() {
            return Err(Error::new("param.shape", format!("{} x and {} y; two points at least", x.len(), y.len())));
        }
        if x.iter().chain(&y).any(|v| !v.is_finite()) {
            return Err(Error::new("data.not_finite", "a point of the curve is NaN or infinite"));
        }
        if let Some(w) = x.windows(2).find(|w| w[0] >= w[1]) {
            return Err(Error::new("param.range", format!("x must grow; {} is followed by {}", w[0], w[1])));
        }
        let slope = slopes(&x, &y);
        Ok(Pchip { x, y, slope })
    }

    /// Where the curve begins and ends.
    pub fn domain(&self) -> (f64, f64) {
        (self.x[0], self.x[self.x.len() - 1])
    }

    /// The curve at `x`; outside its domain the first or last cubic goes on.
    pub fn at(&self, x: f64) -> f64 {
        let i = self.piece(x);
        let [c0, c1, c2, c3] = self.cubic(i);
        let t = x - self.x[i];
        c0 + t * (c1 + t * (c2 + t * c3))
    }

    /// The integral from `low` to `high`.
    pub fn integral(&self, low: f64, high: f64) -> f64 {
        (0..self.x.len() - 1).map(|i| self.part(i, low, high)).sum()
    }

    /// The part of the integral that lies in piece `i`.
    fn part(&self, i: usize, low: f64, high: f64) -> f64 {
        let (from, to) = (low.max(self.x[i]), high.min(self.x[i + 1]));
        if from >= to {
            return 0.0;
        }
        let [c0, c1, c2, c3] = self.cubic(i);
        let primitive = |x: f64| {
            let t = x - self.x[i];
            t * (c0 + t * (c1 / 2.0 + t * (c2 / 3.0 + t * c3 / 4.0)))
        };
        primitive(to) - primitive(from)
    }

    fn piece(&self, x: f64) -> usize {
        self.x.partition_point(|&knot| knot <= x).clamp(1, self.x.len() - 1) - 1
    }

    /// Coefficients of piece `i` in powers of the distance from its first point (Hermite form).
    fn cubic(&self, i: usize) -> [f64; 4] {
        let h = self.x[i + 1] - self.x[i];
        let secant = (self.y[i + 1] - self.y[i]) / h;
        let (d0, d1) = (self.slope[i], self.slope[i + 1]);
        [self.y[i], d0, (3.0 * secant - 2.0 * d0 - d1) / h, (d0 + d1 - 2.0 * secant) / (h * h)]
    }
}

fn slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let h: Vec<f64> = x.windows(2).map(|w| w[1] - w[0]).collect();
    let secant: Vec<f64> = y.windows(2).zip(&h).map(|(w, h)| (w[1] - w[0]) / h).collect();
    let n = h.len();
    if n == 1 {
        return vec![secant[0]; 2];
    }
    let inner = (1..n).map(|i| inner_slope(h[i - 1], h[i], secant[i - 1], secant[i]));
    let first = end_slope(h[0], h[1], secant[0], secant[1]);
    let last = end_slope(h[n - 1], h[n - 2], secant[n - 1], secant[n - 2]);
    std::iter::once(first).chain(inner).chain([last]).collect()
}

/// Weighted harmonic mean of the secants on either side; 0 at a turning point.
fn inner_slope(h0: f64, h1: f64, s0: f64, s1: f64) -> f64 {
    if s0 * s1 <= 0.0 {
        return 0.0;
    }
    let (w0, w1) = (2.0 * h1 + h0, h1 + 2.0 * h0);
    (w0 + w1) / (w0 / s0 + w1 / s1)
}

/// Slope at an end: that of the parabola through three points, held so that the curve stays monotone.
fn end_slope(h0: f64, h1: f64, s0: f64, s1: f64) -> f64 {
    let slope = ((2.0 * h0 + h1) * s0 - h0 * s1) / (h0 + h1);
    if slope * s0 <= 0.0 {
        return 0.0;
    }
    if s0 * s1 <= 0.0 && slope.abs() > 3.0 * s0.abs() {
        return 3.0 * s0;
    }
    slope
}
