//! How indices of coefficients are found, and what tokens cost.

use crate::codec::entropy::log2::log2;
use crate::codec::photo::model::{Model, GROUPS};
use vaerans_kernels::photo::{ROW, ROWS, TOKENS};
use vaerans_kernels::reference::photo::{raw_bits, ESCAPE};

/// How indices are found.
#[derive(Debug, Clone)]
pub enum Search {
    /// By a dead zone: magnitude k from k - 1 + this on, in full steps.
    Zone(f32),
    /// By a trellis: what tokens cost, by group; below this many half steps a coefficient is 0.
    Trellis(Vec<Vec<f32>>, f32),
}

impl Search {
    /// A trellis search that pays `lambda` squares of half a step for a bit.
    pub fn trellis(model: &Model, lambda: f32, least: f32) -> Search {
        Search::Trellis((0..GROUPS).map(|g| costs(model, g, lambda)).collect(), least)
    }
}

/// Bits of a frequency.
fn bits(frequency: u16) -> f32 {
    (15 * 65536 - log2(u32::from(frequency)) as i32) as f32 / 65536.0
}

/// What each token of a group costs with its raw bits and its sign.
fn costs(model: &Model, group: usize, lambda: f32) -> Vec<f32> {
    let mut out = vec![0.0; ROWS * ROW];
    for row in 0..ROWS {
        let counts = model.tables[group].counts(row);
        if counts[0] == 0 {
            continue;
        }
        let escape = bits(counts[ESCAPE]) + 25.0;
        for (token, &n) in counts.iter().enumerate() {
            let raw = raw_bits(token) as f32 + f32::from(u8::from(token > 0));
            out[row * ROW + token] = lambda * if n == 0 || token == ESCAPE { escape } else { bits(n) + raw };
        }
        debug_assert_eq!(counts.len(), TOKENS);
    }
    out
}
