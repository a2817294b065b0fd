//! Steps of blocks: a tile's map of how much coarser or finer each block of pixels is quantised.

use crate::codec::entropy::bits::{BitCoder, Chance};
use crate::error::{Error, Result};
use vaerans_kernels::photo::BlockSteps;

/// A block's step is 2^(k / 4) of the picture's, k at most this.
pub const MOST: i8 = 8;

/// The map of a tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    log2: u32,
    across: usize,
    /// Block by block, row by row.
    pub k: Vec<i8>,
}

/// Blocks of a side.
fn blocks(n: usize, log2: u32) -> usize {
    n.div_ceil(1 << log2)
}

impl Steps {
    /// Of a tile of these sides, all alike.
    pub fn new(width: usize, height: usize, log2: u32) -> Steps {
        let across = blocks(width, log2);
        Steps { log2, across, k: vec![0; across * blocks(height, log2)] }
    }

    /// Steps of 4 x 4 pixels side by side, from that of a pixel of the tile on, plus [`MOST`].
    #[inline(never)] // docs/decisions/0008-cold-start.md
    pub fn of_fours(&self, x: usize, y: usize, out: &mut [u8]) {
        let row = &self.k[(y >> self.log2) * self.across..][..self.across];
        for (i, out) in out.iter_mut().enumerate() {
            *out = (row[(x + 4 * i) >> self.log2] + MOST) as u8;
        }
    }

    /// Blocks of a row.
    pub fn across(&self) -> usize {
        self.across
    }

    /// Codes the map: the distance of each block from the mean of the one to its left and the one above.
    #[inline(never)] // docs/decisions/0008-cold-start.md
    fn code(&mut self, coder: &mut impl BitCoder) -> Result<()> {
        let mut chances = [[Chance::default(); 20]; 3];
        for i in 0..self.k.len() {
            let left = (i % self.across > 0).then(|| self.k[i - 1]);
            let above = i.checked_sub(self.across).map(|j| self.k[j]);
            let (guess, spread) = match (left, above) {
                (Some(a), Some(b)) => ((a + b + 1) >> 1, (a - b).abs()),
                (a, b) => (a.or(b).unwrap_or(0), 1),
            };
            let chances = &mut chances[usize::from(spread.min(2) as u8)];
            let found = guess + distance(coder, chances, self.k[i] - guess);
            if found.abs() > MOST {
                return Err(Error::new("stream.invalid", format!("a block's step of 2^({found} / 4)")));
            }
            self.k[i] = found;
        }
        Ok(())
    }

    /// Into a coder.
    pub fn encode(&self, coder: &mut impl BitCoder) -> Result<()> {
        self.clone().code(coder)
    }

    /// From a decoder, into a map of the right size.
    ///
    /// # Errors
    /// `stream.invalid`.
    pub fn decode(&mut self, coder: &mut impl BitCoder) -> Result<()> {
        self.code(coder)
    }
}

/// A distance of at most 16: whether it is 0, its sign, then ones up to a zero.
fn distance(coder: &mut impl BitCoder, chances: &mut [Chance; 20], d: i8) -> i8 {
    if !coder.bit(&mut chances[0], d != 0) {
        return 0;
    }
    let is_negative = coder.bit(&mut chances[1], d < 0);
    let mut size = 1;
    while size < 17 && coder.bit(&mut chances[1 + size as usize], d.abs() > size) {
        size += 1;
    }
    if is_negative {
        -size
    } else {
        size
    }
}

/// The steps of a band of a level, whose coefficients have `scale` where no block changes it.
pub fn of_band(steps: Option<&Steps>, level: usize, scale: f32) -> BlockSteps<'_> {
    let level = level as u32;
    match steps {
        Some(s) => BlockSteps { k: &s.k, across: s.across, log2: s.log2, level, scale },
        None => BlockSteps { k: &[], across: 0, log2: 0, level, scale },
    }
}
