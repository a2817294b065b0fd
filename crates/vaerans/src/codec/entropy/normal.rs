//! From counts to frequencies of a fixed sum, in integers.

use super::log2::log2;

/// Counts, or frequencies, of the 256 symbols.
pub type Counts = [u32; 256];

/// Frequencies of sum `2^bits`, at least 1 where there is a count, that cost the fewest bits; at least two symbols occur.
///
/// Rounds each ideal share at the point where both neighbours cost the same (their geometric mean, nearly), then moves single
/// slots to where they save most, or from where they cost least, until the sum is right.
pub fn normalise(counts: &Counts, bits: u32) -> Counts {
    let total: u64 = counts.iter().map(|&c| u64::from(c)).sum();
    let mut frequencies = counts.map(|c| share(c, bits, total));
    let over = i64::from(frequencies.iter().sum::<u32>()) - (1 << bits);
    match over > 0 {
        true => move_slots(over, &mut frequencies, -1, |s, f| if f > 1 { loss(counts[s], f) } else { u64::MAX }),
        false => move_slots(-over, &mut frequencies, 1, |s, f| if f > 0 { !gain(counts[s], f) } else { u64::MAX }),
    }
    frequencies
}

/// Adds `step` to `count` frequencies one after the other, always where the price is least.
fn move_slots(count: i64, frequencies: &mut Counts, step: i32, price: impl Fn(usize, u32) -> u64) {
    if count == 0 {
        return;
    }
    let mut prices: [u64; 256] = std::array::from_fn(|s| price(s, frequencies[s]));
    for _ in 0..count {
        let place = (0..256).min_by_key(|&s| prices[s]).unwrap_or(0);
        frequencies[place] = frequencies[place].wrapping_add_signed(step);
        prices[place] = price(place, frequencies[place]);
    }
}

/// Bits that a slot less costs.
fn loss(count: u32, frequency: u32) -> u64 {
    u64::from(count) * u64::from(log2(frequency) - log2(frequency - 1))
}

/// Bits that a slot more saves.
fn gain(count: u32, frequency: u32) -> u64 {
    u64::from(count) * u64::from(log2(frequency + 1) - log2(frequency))
}

fn share(count: u32, bits: u32, total: u64) -> u32 {
    let scaled = u64::from(count) << bits;
    let floor = scaled / total;
    // Up where share^2 > floor (floor + 1).
    let up = u128::from(scaled) * u128::from(scaled) > u128::from(floor * (floor + 1)) * u128::from(total).pow(2);
    let rounded = (floor + u64::from(up)) as u32;
    if count == 0 {
        0
    } else {
        rounded.max(1)
    }
}

/// Spreads `2^bits` slots over the symbols that have a weight: one each, the rest in proportion to weight - `less`.
///
/// Decoder and encoder make the frequencies of a table with this, so it is plain: rounded running sums. Weights of sum
/// `2^bits` with `less = 1` are their own frequencies.
pub fn spread(weights: &Counts, less: u32, bits: u32) -> Counts {
    let present = weights.iter().filter(|&&w| w > 0).count() as u64;
    let heavy: u64 = weights.iter().map(|&w| u64::from(w.saturating_sub(less))).sum();
    let less = if heavy == 0 { 0 } else { less };
    let sum: u64 = weights.iter().map(|&w| u64::from(w.saturating_sub(less))).sum();
    let rest = (1u64 << bits) - present;
    let mut running = 0;
    weights.map(|w| {
        if w == 0 {
            return 0;
        }
        let before = running * rest / sum;
        running += u64::from(w.saturating_sub(less));
        (1 + running * rest / sum - before) as u32
    })
}

/// Bits, with 16 fractional ones, that `count` symbols of a frequency take.
pub fn cost(count: u32, frequency: u32, bits: u32) -> u64 {
    u64::from(count) * u64::from((bits << 16) - log2(frequency))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::codec::test_kit::SplitMix64;

    pub fn random_counts(random: &mut SplitMix64) -> Counts {
        let mut counts = [0; 256];
        let (kinds, scale) = (2 + random.below(255), random.below(20));
        for _ in 0..kinds {
            let (symbol, most) = (random.below(256), 1 << random.below(scale + 1));
            counts[symbol as usize] = 1 + random.below(most) as u32;
        }
        counts[3] += 1;
        counts[99] += 1;
        counts
    }

    fn total_cost(counts: &Counts, f: &Counts, bits: u32) -> u64 {
        (0..256).filter(|&s| counts[s] > 0).map(|s| cost(counts[s], f[s], bits)).sum()
    }

    #[test]
    fn sums_are_right_and_no_single_move_saves_bits() {
        let mut random = SplitMix64(1);
        for round in 0..300 {
            let counts = random_counts(&mut random);
            let bits = [12, 14, 16][round % 3];
            let f = normalise(&counts, bits);
            assert_eq!(f.iter().sum::<u32>(), 1 << bits);
            assert!((0..256).all(|s| (counts[s] > 0) == (f[s] > 0)));
            let best = total_cost(&counts, &f, bits);
            for _ in 0..200 {
                let (a, b) = (random.below(256) as usize, random.below(256) as usize);
                if f[a] > 1 && f[b] > 0 && a != b {
                    let mut other = f;
                    other[a] -= 1;
                    other[b] += 1;
                    // The logarithms are interpolated: allow for their error.
                    assert!(total_cost(&counts, &other, bits) + best / 100_000 + 64 >= best);
                }
            }
        }
    }

    #[test]
    fn spread_keeps_exact_tables_and_always_sums_up() {
        let mut random = SplitMix64(2);
        for round in 0..300 {
            let counts = random_counts(&mut random);
            let bits = [12, 14][round % 2];
            let f = normalise(&counts, bits);
            assert_eq!(spread(&f, 1, bits), f);
            for less in [0, 1] {
                let g = spread(&counts, less, bits);
                assert_eq!(g.iter().sum::<u32>(), 1 << bits);
                assert!((0..256).all(|s| (counts[s] > 0) == (g[s] > 0)));
            }
        }
    }
}
