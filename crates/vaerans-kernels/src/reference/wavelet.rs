//! One level of a separable wavelet transform by lifting.
//!
//! A signal `x` of n samples splits into even samples `e` and odd samples `o`. Each stage is
//! `d[i] = predict(o[i], e[i], e[i+1])`, then `s[i] = update(e[i], d[i-1], d[i])`; the inverse undoes the steps in turn. What is
//! missing at the ends follows from whole-sample symmetry (`x[-1] = x[1]`), for Haar from `x[n] = x[n-1]`. One sample
//! alone stays as it is.

use crate::Filter;

/// Arithmetic of one sample type. Integers wrap around, so that every step is reversible.
pub trait Lift: Copy + Default + PartialEq + std::fmt::Debug {
    /// An odd sample to a detail.
    fn predict(filter: Filter, stage: usize, odd: Self, e0: Self, e1: Self) -> Self;
    /// A detail back to an odd sample.
    fn unpredict(filter: Filter, stage: usize, detail: Self, e0: Self, e1: Self) -> Self;
    /// An even sample to an average.
    fn update(filter: Filter, stage: usize, even: Self, d0: Self, d1: Self) -> Self;
    /// An average back to an even sample.
    fn unupdate(filter: Filter, stage: usize, average: Self, d0: Self, d1: Self) -> Self;
    /// Product with a band's factor; integers have none.
    fn scaled(self, factor: f32) -> Self;
}

/// Predict and update factors of the two stages of CDF 9/7 (ITU-T T.800, Annex F).
const CDF97: [(f32, f32); 2] = [(-1.586_134_3, -0.052_980_117), (0.882_911_1, 0.443_506_87)];

impl Lift for f32 {
    fn predict(filter: Filter, stage: usize, odd: f32, e0: f32, e1: f32) -> f32 {
        match filter {
            Filter::Cdf53 => odd - 0.5 * (e0 + e1),
            Filter::Cdf97 => odd + CDF97[stage].0 * (e0 + e1),
            Filter::Haar => e0 - odd,
        }
    }
    fn unpredict(filter: Filter, stage: usize, detail: f32, e0: f32, e1: f32) -> f32 {
        match filter {
            Filter::Cdf53 => detail + 0.5 * (e0 + e1),
            Filter::Cdf97 => detail - CDF97[stage].0 * (e0 + e1),
            Filter::Haar => e0 - detail,
        }
    }
    fn update(filter: Filter, stage: usize, even: f32, d0: f32, d1: f32) -> f32 {
        match filter {
            Filter::Cdf53 => even + 0.25 * (d0 + d1),
            Filter::Cdf97 => even + CDF97[stage].1 * (d0 + d1),
            Filter::Haar => even - 0.5 * d1,
        }
    }
    fn unupdate(filter: Filter, stage: usize, average: f32, d0: f32, d1: f32) -> f32 {
        match filter {
            Filter::Cdf53 => average - 0.25 * (d0 + d1),
            Filter::Cdf97 => average - CDF97[stage].1 * (d0 + d1),
            Filter::Haar => average + 0.5 * d1,
        }
    }
    fn scaled(self, factor: f32) -> f32 {
        self * factor
    }
}

macro_rules! reversible {
    ($($t:ty)*) => {$(
        impl Lift for $t {
            fn predict(filter: Filter, _: usize, odd: $t, e0: $t, e1: $t) -> $t {
                match filter {
                    Filter::Haar => e0.wrapping_sub(odd),
                    _ => odd.wrapping_sub(e0.wrapping_add(e1) >> 1),
                }
            }
            fn unpredict(filter: Filter, _: usize, detail: $t, e0: $t, e1: $t) -> $t {
                match filter {
                    Filter::Haar => e0.wrapping_sub(detail),
                    _ => detail.wrapping_add(e0.wrapping_add(e1) >> 1),
                }
            }
            fn update(filter: Filter, _: usize, even: $t, d0: $t, d1: $t) -> $t {
                match filter {
                    Filter::Haar => even.wrapping_sub(d1.wrapping_add(1) >> 1),
                    _ => even.wrapping_add(d0.wrapping_add(d1).wrapping_add(2) >> 2),
                }
            }
            fn unupdate(filter: Filter, _: usize, average: $t, d0: $t, d1: $t) -> $t {
                match filter {
                    Filter::Haar => average.wrapping_add(d1.wrapping_add(1) >> 1),
                    _ => average.wrapping_sub(d0.wrapping_add(d1).wrapping_add(2) >> 2),
                }
            }
            fn scaled(self, _: f32) -> $t {
                self
            }
        }
    )*};
}
reversible!(i32 i16);

/// Factors of the bands `[[LL, HL], [LH, HH]]` after lifting along both dimensions.
///
/// Averages of CDF 9/7 are multiplied by 1/K and details by K for each dimension that was transformed (K = 1.2301741, ITU-T
/// T.800), those of Haar by sqrt(2) and 1/sqrt(2); 5/3 has no factors.
pub fn factors(filter: Filter, height: usize, width: usize, inverse: bool) -> [[f32; 2]; 2] {
    const K: f32 = 1.230_174_1;
    let (root, square) = match filter {
        Filter::Cdf53 => return [[1.0; 2]; 2],
        Filter::Cdf97 => (1.0 / K, 1.0 / (K * K)),
        Filter::Haar => (std::f32::consts::SQRT_2, 2.0),
    };
    let pair = |x: f32| if inverse { (1.0 / x, x) } else { (x, 1.0 / x) };
    let ((low, high), (low2, high2)) = (pair(root), pair(square));
    match (height > 1, width > 1) {
        (true, true) => [[low2, 1.0], [1.0, high2]],
        (true, false) => [[low, 1.0], [high, 1.0]],
        (false, true) => [[low, high], [1.0, 1.0]],
        (false, false) => [[1.0; 2]; 2],
    }
}

fn stages(filter: Filter) -> usize {
    if filter == Filter::Cdf97 {
        2
    } else {
        1
    }
}

/// The details before and at average `i`.
fn around<T: Lift>(filter: Filter, d: &[T], i: usize) -> (T, T) {
    let missing = if filter == Filter::Haar { T::default() } else { d[d.len() - 1] };
    (d[i.saturating_sub(1)], d.get(i).copied().unwrap_or(missing))
}

/// Averages, then details, of one signal; in place.
pub fn forward_line<T: Lift>(filter: Filter, x: &mut [T]) {
    if x.len() < 2 {
        return;
    }
    let mut e: Vec<T> = x.iter().copied().step_by(2).collect();
    let mut o: Vec<T> = x.iter().copied().skip(1).step_by(2).collect();
    for stage in 0..stages(filter) {
        for i in 0..o.len() {
            o[i] = T::predict(filter, stage, o[i], e[i], e[(i + 1).min(e.len() - 1)]);
        }
        for (i, e) in e.iter_mut().enumerate() {
            let (d0, d1) = around(filter, &o, i);
            *e = T::update(filter, stage, *e, d0, d1);
        }
    }
    let (averages, details) = x.split_at_mut(e.len());
    averages.copy_from_slice(&e);
    details.copy_from_slice(&o);
}

/// The inverse of [`forward_line`].
pub fn inverse_line<T: Lift>(filter: Filter, x: &mut [T]) {
    if x.len() < 2 {
        return;
    }
    let (averages, details) = x.split_at(x.len().div_ceil(2));
    let (mut e, mut o) = (averages.to_vec(), details.to_vec());
    for stage in (0..stages(filter)).rev() {
        for (i, e) in e.iter_mut().enumerate() {
            let (d0, d1) = around(filter, &o, i);
            *e = T::unupdate(filter, stage, *e, d0, d1);
        }
        for i in 0..o.len() {
            o[i] = T::unpredict(filter, stage, o[i], e[i], e[(i + 1).min(e.len() - 1)]);
        }
    }
    for (i, v) in x.iter_mut().enumerate() {
        *v = if i % 2 == 0 { e[i / 2] } else { o[i / 2] };
    }
}

/// One level of a plane of `height * width` samples, packed `[[LL, HL], [LH, HH]]`; in place. Rows first, then columns.
pub fn forward<T: Lift>(filter: Filter, x: &mut [T], height: usize, width: usize) {
    x.chunks_exact_mut(width).for_each(|row| forward_line(filter, row));
    columns(x, height, width, |column| forward_line(filter, column));
    scale(x, height, width, factors(filter, height, width, false));
}

/// The inverse of [`forward`]: columns first, then rows.
pub fn inverse<T: Lift>(filter: Filter, x: &mut [T], height: usize, width: usize) {
    scale(x, height, width, factors(filter, height, width, true));
    columns(x, height, width, |column| inverse_line(filter, column));
    x.chunks_exact_mut(width).for_each(|row| inverse_line(filter, row));
}

fn columns<T: Lift>(x: &mut [T], height: usize, width: usize, lift: impl Fn(&mut [T])) {
    for c in 0..width {
        let mut column: Vec<T> = (0..height).map(|r| x[r * width + c]).collect();
        lift(&mut column);
        (0..height).for_each(|r| x[r * width + c] = column[r]);
    }
}

fn scale<T: Lift>(x: &mut [T], height: usize, width: usize, factors: [[f32; 2]; 2]) {
    for (r, row) in x.chunks_exact_mut(width).enumerate() {
        let of = factors[usize::from(r >= height.div_ceil(2))];
        for (c, v) in row.iter_mut().enumerate() {
            *v = v.scaled(of[usize::from(c >= width.div_ceil(2))]);
        }
    }
}
