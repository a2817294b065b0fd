//! From components to pixels: brought to one size, then to grey or RGB.

use super::about::Colors;
use super::frame::Frame;
use super::upsample::Plane;
use super::wide::{with_widest, Work};
use crate::color::cmyk_to_rgb;
use crate::memory::zeroed;
use crate::Result;

/// The pixels of a decoded frame: grey, or RGB.
pub(super) fn pixels(frame: &Frame, colors: Colors) -> Result<Vec<u8>> {
    struct Pixels<'a>(&'a Frame, Colors);
    impl Work for Pixels<'_> {
        type Output = Result<Vec<u8>>;
        #[inline(always)]
        fn run(self) -> Result<Vec<u8>> {
            lines(self.0, self.1)
        }
    }
    with_widest(Pixels(frame, colors))
}

#[inline(always)]
fn lines(frame: &Frame, colors: Colors) -> Result<Vec<u8>> {
    let planes: Vec<Plane> = frame
        .components
        .iter()
        .map(|c| Plane {
            samples: &c.samples,
            stride: c.stride(),
            width: c.width,
            height: c.height,
            across: frame.across / c.across,
            down: frame.down / c.down,
        })
        .collect();
    let channels = if colors == Colors::Grey { 1 } else { 3 };
    let mut out = zeroed::<u8>(frame.width * frame.height * channels)?;
    // A row of each component; upsampling may write a little more than the picture is wide.
    let length = frame.width + 8;
    let mut rows = vec![vec![0_u8; length]; planes.len()];
    let mut sums = Vec::new();
    for (y, line) in out.chunks_exact_mut(frame.width * channels).enumerate() {
        for (plane, row) in planes.iter().zip(&mut rows) {
            plane.row_of_picture(y, row, &mut sums);
        }
        colored(&rows, colors, line);
    }
    Ok(out)
}

#[inline(always)]
fn colored(rows: &[Vec<u8>], colors: Colors, line: &mut [u8]) {
    match (rows, colors) {
        ([grey], _) => line.copy_from_slice(&grey[..line.len()]),
        ([a, b, c], Colors::Rgb) => {
            for (((to, a), b), c) in line.chunks_exact_mut(3).zip(a).zip(b).zip(c) {
                to.copy_from_slice(&[*a, *b, *c]);
            }
        }
        ([a, b, c], _) => {
            for (((to, a), b), c) in line.chunks_exact_mut(3).zip(a).zip(b).zip(c) {
                to.copy_from_slice(&ycbcr_to_rgb(*a, *b, *c));
            }
        }
        ([a, b, c, d], _) => {
            let (is_ycck, is_inverted) = match colors {
                Colors::Ycck { is_inverted } => (true, is_inverted),
                Colors::Cmyk { is_inverted } => (false, is_inverted),
                _ => (false, false),
            };
            let flip = if is_inverted { 255 } else { 0 };
            for ((((to, a), b), c), d) in line.chunks_exact_mut(3).zip(a).zip(b).zip(c).zip(d) {
                let [c, m, y] = if is_ycck { ycbcr_to_rgb(*a, *b, *c).map(|v| 255 - v) } else { [*a, *b, *c] };
                to.copy_from_slice(&cmyk_to_rgb([c ^ flip, m ^ flip, y ^ flip, *d ^ flip]));
            }
        }
        _ => {}
    }
}

/// ITU-R BT.601 in full range, in 16-bit fixed point as libjpeg has it.
#[inline(always)]
fn ycbcr_to_rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    let clamp = |value: i32| value.clamp(0, 255) as u8;
    [
        clamp(y + ((91_881 * cr + HALF) >> 16)),
        clamp(y + ((HALF - 22_554 * cb - 46_802 * cr) >> 16)),
        clamp(y + ((116_130 * cb + HALF) >> 16)),
    ]
}
