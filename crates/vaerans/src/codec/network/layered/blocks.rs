//! A latent cut into blocks, so that a network's memory does not grow with the picture. A network sees a block with so much around it as
//! can reach it, so that blocks have no seams.

use crate::rect::Rect;

/// Samples along a side up to which a block is not cut, nor a side of a picture.
const LARGEST: usize = 96;

/// The blocks of a latent of `height` x `width` samples, row by row: they follow from its extents alone, because what a network makes of
/// a sample may depend, in its last bits, on the block.
pub(super) fn blocks(height: usize, width: usize) -> Vec<Rect> {
    let (rows, columns) = (cuts(height), cuts(width));
    let row = |y: &[usize]| {
        let (y, height) = (y[0], y[1] - y[0]);
        columns.windows(2).map(move |x| Rect { x: x[0], y, width: x[1] - x[0], height }).collect::<Vec<_>>()
    };
    rows.windows(2).flat_map(row).collect()
}

/// Where a side is cut: into as few parts as may be, as long as each other but for one sample.
fn cuts(side: usize) -> Vec<usize> {
    let parts = side.div_ceil(LARGEST);
    (0..=parts).map(|i| i * side / parts).collect()
}

/// A block with `reach` samples around it, as far as the latent goes.
pub(super) fn around(block: Rect, reach: usize, height: usize, width: usize) -> Rect {
    let (x, y) = (block.x.saturating_sub(reach), block.y.saturating_sub(reach));
    let end = |at: usize, n: usize, of: usize| (at + n + reach).min(of);
    Rect { x, y, width: end(block.x, block.width, width) - x, height: end(block.y, block.height, height) - y }
}

/// The samples of a latent that stand for a rectangle of pixels whose corner is a whole sample.
pub(in crate::codec) fn samples(pixels: Rect, downscale: usize) -> Rect {
    let Rect { x, y, width, height } = pixels;
    Rect { x: x / downscale, y: y / downscale, width: width.div_ceil(downscale), height: height.div_ceil(downscale) }
}

/// A rectangle of samples in pixels.
pub(super) fn pixels(r: Rect, downscale: usize) -> Rect {
    let Rect { x, y, width, height } = r;
    Rect { x: x * downscale, y: y * downscale, width: width * downscale, height: height * downscale }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_a_latent_once() {
        for (height, width) in [(1, 1), (96, 96), (97, 5), (32, 250), (300, 200)] {
            let mut seen = vec![0; height * width];
            for block in blocks(height, width) {
                assert!(block.width.max(block.height) <= LARGEST && !block.is_empty());
                for y in block.y..block.y + block.height {
                    seen[y * width + block.x..][..block.width].iter_mut().for_each(|n| *n += 1);
                }
            }
            assert!(seen.iter().all(|&n| n == 1), "{height} x {width}");
        }
    }

    #[test]
    fn what_is_around_a_block_ends_with_the_latent() {
        let whole = Rect { x: 0, y: 0, width: 10, height: 4 };
        assert_eq!(around(whole, 5, 4, 10), whole);
        let block = Rect { x: 20, y: 0, width: 10, height: 8 };
        assert_eq!(around(block, 5, 9, 33), Rect { x: 15, y: 0, width: 18, height: 9 });
    }
}
