//! A small predictor for tests: not part of the library's promises.

use super::{Parts, Predictor, TapRow};
use vaerans_kernels::predict::{CLASSES, PHASES, SYMBOLS};
use vaerans_kernels::testing::SplitMix64;

/// Steps between two of the anchors, of which there are three.
const BETWEEN: usize = 2;

/// Parts with taps of every kind, of layers that end at these channels; another seed, other numbers.
pub fn parts(layers: &[usize], seed: u64) -> Parts {
    let count = layers.last().copied().unwrap_or(0);
    let mut rng = SplitMix64(seed);
    let mut anchors = [(); 4].map(|()| Vec::new());
    for level in 0..3i64 {
        for _ in 0..count {
            let gain = (2048 << level) + rng.below(512) as i64;
            let row = [gain, 3900 + rng.below(400) as i64, 3900 + rng.below(400) as i64, rng.below(9000) as i64 - 500];
            anchors.iter_mut().zip(row).for_each(|(column, n)| column.push(n));
        }
    }
    let mut taps = |most: i64, kinds: u64| (0..count).map(|c| channel(&mut rng, c, most, kinds)).collect();
    let (mean, scale) = (taps(1500, 9), taps(9000, 14));
    let energy = |_| std::array::from_fn(|n| if n % 2 == 0 { rng.below(4000) as i32 - 800 } else { 0 });
    let energy = (0..count).map(energy).collect();
    let numbers = |rng: &mut SplitMix64| (0..count).map(|_| rng.below(20_000) as u32).collect();
    let (edge, energy_gain) = (numbers(&mut rng), numbers(&mut rng));
    let frequencies = layers.iter().flat_map(|_| tables()).collect();
    Parts { layers: layers.to_vec(), between: BETWEEN, anchors, mean, scale, energy, edge, energy_gain, frequencies }
}

/// Of [`parts`].
#[allow(clippy::missing_panics_doc, clippy::unwrap_used)] // a helper that unwraps fails its test where it should
pub fn predictor(layers: &[usize], seed: u64) -> Predictor {
    Predictor::of_parts(parts(layers, seed)).unwrap()
}

fn channel(rng: &mut SplitMix64, index: usize, most: i64, kinds: u64) -> Vec<TapRow> {
    let mut tap = || {
        let back = rng.below(index as u64 + 1) as u16;
        let rows = if back == 0 { 2 } else { 5 };
        let (dy, dx) = (rng.below(rows) as i8 - 2, rng.below(5) as i8 - 2);
        (back, dy, dx, (rng.below(2 * most as u64) as i64 - most / 2) as i32)
    };
    (0..kinds).map(|_| tap()).collect()
}

/// Wider tables for wider classes; what is left is the escape's.
fn tables() -> impl Iterator<Item = u32> {
    (0..CLASSES * PHASES).flat_map(|i| {
        let wide = i / PHASES / 20;
        let mut all: Vec<u32> =
            (0..SYMBOLS - 1).map(|k| 1 + ((1 << (13 - wide)) >> (k.abs_diff(SYMBOLS / 2 - 1) >> wide))).collect();
        all.push((1 << 15) - all.iter().sum::<u32>());
        all
    })
}
