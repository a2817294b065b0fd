//! A parametric table: a peaked curve around a centre, from integer powers of two.
//!
//! Weight of a symbol at distance d: `2^(-scale d^exponent)`; the centre's is corrected on its own, since a dead-zone quantiser
//! makes zeros more, or fewer, than the curve says. Exponent 1 is a two-sided geometric (Laplace) distribution, 2 a Gaussian.

use super::bits::BitCoder;
use super::log2::{exp2_negative, log2, ONE};
use super::normal::{spread, Counts};
use super::table::{code_range, range_of};

/// Parameters of the curve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// First symbol with slots.
    first: u8,
    /// Last symbol with slots.
    last: u8,
    /// Symbols are zigzag tokens: the distances from `first` are 0, 1, 1, 2, 2, ...
    folded: bool,
    /// The symbol at distance 0, if not folded.
    centre: u8,
    /// Index into [`EXPONENTS`].
    exponent: u8,
    /// The scale is `2^(scale / 4 - 8)`.
    scale: u8,
    /// The centre's weight times `2^(peak / 4 - 4)`.
    peak: u8,
    /// Bit length of the marker's frequency, if there is one.
    marker: u8,
}

/// Exponents of the distance, in eighths.
const EXPONENTS: [u64; 8] = [4, 5, 6, 7, 8, 10, 12, 16];
const SCALES: u8 = 64;
const PEAKS: u8 = 32;

impl Shape {
    /// The best curve for counts whose symbols with `kept` frequencies should be coded directly, and its marker; none if
    /// they are too few for a curve to pay.
    pub fn fit(counts: &Counts, kept: &Counts, marker: Option<u8>, bits: u32) -> Option<(Shape, Option<u8>)> {
        let mut direct = *kept;
        if let Some(m) = marker {
            direct[usize::from(m)] = 0;
        }
        let (first, last) = range_of(&direct);
        if last - first < 3 {
            return None;
        }
        let outside = |s: &usize| counts[*s] > 0 && !(first..=last).contains(s);
        let marker = (0..256).find(outside).map(|m| m as u8);
        let escaped: u32 = (0..256).filter(outside).map(|s| counts[s]).sum();
        let centre = (first..=last).max_by_key(|&s| counts[s])?;
        // The tokens of values around zero begin with 0, and their largest counts stand there.
        let folded = first == 0 && centre <= 2;
        let (first, last, centre) = (first as u8, last as u8, if folded { first } else { centre } as u8);
        let start = Shape { first, last, folded, centre, scale: SCALES / 2, ..Shape::default() };
        let distances = Distances::of(&start, counts);
        let best = (0..EXPONENTS.len() as u8).map(|e| distances.best_scale(Shape { exponent: e, ..start }, bits));
        let (_, shape) = best.min_by_key(|(price, _)| *price)?;
        Some((shape.with_marker(counts, escaped, bits).with_peak(counts), marker))
    }

    fn with_marker(self, counts: &Counts, escaped: u32, bits: u32) -> Shape {
        let total: u64 = counts.iter().map(|&c| u64::from(c)).sum();
        let frequency = ((u64::from(escaped) << bits) / total.max(1)).max(1) as u32;
        Shape { marker: (32 - frequency.leading_zeros()).min(15) as u8, ..self }
    }

    /// The peak that gives the centre its share.
    fn with_peak(self, counts: &Counts) -> Shape {
        let range = usize::from(self.first)..=usize::from(self.last);
        let flat = Shape { peak: 16, ..self };
        let (mut inside, mut weight, mut centre) = (0u64, 0u64, (0u64, 0u64));
        for s in range {
            let w = flat.weight(s);
            match self.distance(s) {
                0 => centre = (u64::from(counts[s]), u64::from(w)),
                _ => (inside, weight) = (inside + u64::from(counts[s]), weight + u64::from(w)),
            }
        }
        // peak = log2 of (centre count / other counts) / (centre weight / other weights).
        let log = |x: u64| {
            let shift = (64 - x.max(1).leading_zeros()).saturating_sub(32);
            i64::from(log2((x.max(1) >> shift) as u32)) + i64::from(shift * ONE)
        };
        let ratio = log(centre.0) - log(inside) - log(centre.1) + log(weight);
        let quarter = i64::from(ONE / 4);
        let peak = (16 + (ratio + quarter / 2).div_euclid(quarter)).clamp(0, i64::from(PEAKS) - 1);
        Shape { peak: peak as u8, ..self }
    }

    fn distance(&self, symbol: usize) -> u32 {
        match self.folded {
            true => (symbol as u32 - u32::from(self.first)).div_ceil(2),
            false => symbol.abs_diff(self.centre.into()) as u32,
        }
    }

    /// At least 1.
    fn weight(&self, symbol: usize) -> u32 {
        let d = self.distance(symbol);
        if d == 0 {
            // The peak may raise it: leave four bits above.
            let up = i64::from(ONE / 4) * (16 - i64::from(self.peak));
            return exp2_negative((up + 4 * i64::from(ONE)) as u64).max(1);
        }
        exp2_negative(4 * u64::from(ONE) + self.fall(log2(d))).max(1)
    }

    /// `scale d^exponent` with 16 fractional bits, from log2(d).
    fn fall(&self, log_distance: u32) -> u64 {
        // 2^(scale/4 - 8 + exponent log2(d)).
        let scale = u64::from(self.scale) * u64::from(ONE / 4);
        power_of_two(scale + EXPONENTS[usize::from(self.exponent & 7)] * u64::from(log_distance) / 8)
    }

    /// Frequencies of sum `2^bits`; the marker's are set first and the curve gets the rest.
    pub fn frequencies(&self, marker: Option<u8>, bits: u32) -> Counts {
        let range = usize::from(self.first)..=usize::from(self.last);
        let mut weights: Counts = std::array::from_fn(|s| if range.contains(&s) { self.weight(s) } else { 0 });
        let Some(m) = marker.map(usize::from) else { return spread(&weights, 0, bits) };
        weights[m] = 0;
        let all: u64 = weights.iter().map(|&w| u64::from(w)).sum();
        // The share f of the marker, as a weight: w / (all + w) = f / 2^bits.
        let f = 1u64 << u32::from(self.marker).saturating_sub(1).min(bits - 1);
        weights[m] = (all * f / ((1 << bits) - f)).clamp(1, 1 << 31) as u32;
        spread(&weights, 0, bits)
    }

    /// Codes the parameters, or decodes them: which of the two depends on the coder.
    pub fn code(&self, coder: &mut impl BitCoder, marked: bool) -> Shape {
        let (first, last) = code_range(coder, self.first.into(), self.last.into());
        let folded = coder.plain(self.folded.into(), 1) == 1;
        Shape {
            first: first as u8,
            last: last as u8,
            folded,
            centre: if folded { first as u8 } else { coder.plain(self.centre.into(), 8) as u8 },
            exponent: coder.plain(self.exponent.into(), 3) as u8,
            scale: coder.plain(self.scale.into(), 6) as u8,
            peak: coder.plain(self.peak.into(), 5) as u8,
            marker: if marked { coder.plain(self.marker.into(), 4) as u8 } else { 0 },
        }
    }
}

/// Counts by distance from the centre, which has none: its peak makes its share what it should be.
struct Distances {
    /// log2 of the distance, number of symbols there, how often they occur.
    rows: Vec<(u32, u32, u32)>,
}

impl Distances {
    fn of(shape: &Shape, counts: &Counts) -> Distances {
        let mut rows = vec![(0, 0, 0); 256];
        for s in usize::from(shape.first)..=usize::from(shape.last) {
            let row = &mut rows[shape.distance(s) as usize];
            *row = (log2(shape.distance(s).max(1)), row.1 + 1, row.2 + counts[s]);
        }
        rows[0] = (0, 0, 0);
        rows.retain(|r| r.1 > 0);
        Distances { rows }
    }

    /// Bits that the symbols beside the centre take, about, given that they are beside it.
    fn price(&self, shape: &Shape, bits: u32) -> u64 {
        // Each symbol keeps a slot: none is rarer than that.
        let least = u64::from(bits + 1) * u64::from(ONE);
        let (mut payload, mut weight, mut count) = (0, 0, 0);
        for &(log_distance, symbols, n) in &self.rows {
            let fall = shape.fall(log_distance).min(least);
            payload += u64::from(n) * fall;
            weight += u64::from(symbols) * u64::from(exp2_negative(fall));
            count += u64::from(n);
        }
        // log2 of the weights' sum less 30, the fixed point of a weight.
        let sum = log2((weight >> 8).max(1) as u32) as i64 - 22 * i64::from(ONE);
        payload.saturating_add_signed(count as i64 * sum)
    }

    /// The scale of the least price, from coarse steps to single ones.
    fn best_scale(&self, start: Shape, bits: u32) -> (u64, Shape) {
        let mut best = (self.price(&start, bits), start);
        for step in [16i16, 8, 4, 2, 1] {
            let around = [-step, step].map(|d| (i16::from(best.1.scale) + d).clamp(0, i16::from(SCALES) - 1));
            for scale in around {
                let shape = Shape { scale: scale as u8, ..start };
                let price = self.price(&shape, bits);
                if price < best.0 {
                    best = (price, shape);
                }
            }
        }
        best
    }
}

/// `2^16 * 2^(x / 65536 - 8)`, at most 2^40: a power of two whose exponent has 16 fractional bits.
fn power_of_two(x: u64) -> u64 {
    let whole = x >> 16;
    let fraction = x & 0xffff;
    // 2^fraction = 2 * 2^-(1 - fraction), with 30 fractional bits.
    let mantissa = 2 * u64::from(exp2_negative(u64::from(ONE) - fraction));
    if whole >= 32 {
        return 1 << 40;
    }
    (mantissa << whole) >> (30 - 16 + 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two() {
        assert_eq!(power_of_two(8 << 16), 1 << 16);
        assert_eq!(power_of_two(0), 1 << 8);
        assert_eq!(power_of_two(17 << 16), 1 << 25);
        assert!(power_of_two((8 << 16) + (1 << 15)).abs_diff(92_682) < 2);
    }

    /// The frequencies follow the curve: geometric with ratio 1/2.
    #[test]
    fn geometric_curve() {
        let shape = Shape { first: 100, last: 140, centre: 120, exponent: 4, scale: 32, peak: 16, ..Shape::default() };
        let f = shape.frequencies(None, 14);
        assert_eq!(f.iter().sum::<u32>(), 1 << 14);
        for d in 0..6 {
            assert!(
                f[120 + d].abs_diff(2 * f[121 + d]) < 4 && f[120 + d].abs_diff(f[120 - d]) < 2,
                "{:?}",
                &f[100..141]
            );
        }
    }
}
