//! Components of fewer samples brought to the size of the picture, bit for bit as libjpeg does ("fancy upsampling"): twice as
//! many by a triangle filter, any other whole number of times by repeating.

/// One component's samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane<'a> {
    pub samples: &'a [u8],
    pub stride: usize,
    /// Samples that belong to the picture; those beyond fill blocks up.
    pub width: usize,
    pub height: usize,
    /// Pixels of the picture per sample, across and down.
    pub across: usize,
    pub down: usize,
}

impl Plane<'_> {
    fn row(&self, y: usize) -> &[u8] {
        let start = y.min(self.height - 1) * self.stride;
        &self.samples[start..start + self.width]
    }

    /// Writes row `y` of the picture into `out`, which holds `width * across` samples or more. `sums` is memory to work in.
    #[inline(always)]
    pub(super) fn row_of_picture(&self, y: usize, out: &mut [u8], sums: &mut Vec<u16>) {
        let near = self.row(y / self.down);
        let triangle_across = self.across == 2 && self.width > 2;
        match (self.across, self.down) {
            (1, 1) => out[..self.width].copy_from_slice(near),
            (2, 1) if triangle_across => twice(near, out),
            (1, 2) => self.between(y, near, out),
            (2, 2) if triangle_across => {
                let far = self.far(y);
                sums.clear();
                sums.extend(near.iter().zip(far).map(|(n, f)| u16::from(*n) * 3 + u16::from(*f)));
                twice_sums(sums, out);
            }
            (across, _) => {
                for (to, from) in out.chunks_mut(across).zip(near) {
                    to.fill(*from);
                }
            }
        }
    }

    /// The nearest row of samples on the other side of row `y` of the picture.
    fn far(&self, y: usize) -> &[u8] {
        if y.is_multiple_of(2) {
            self.row((y / 2).saturating_sub(1))
        } else {
            self.row(y / 2 + 1)
        }
    }

    #[inline(always)]
    fn between(&self, y: usize, near: &[u8], out: &mut [u8]) {
        let bias = if y.is_multiple_of(2) { 1 } else { 2 };
        for ((to, n), f) in out.iter_mut().zip(near).zip(self.far(y)) {
            *to = ((u16::from(*n) * 3 + u16::from(*f) + bias) >> 2) as u8;
        }
    }
}

#[inline(always)]
fn twice(from: &[u8], out: &mut [u8]) {
    let at = |i: usize| u16::from(from[i]);
    let last = from.len() - 1;
    out[0] = from[0];
    out[1] = ((at(0) * 3 + at(1) + 2) >> 2) as u8;
    for (three, to) in from.windows(3).zip(out[2..].chunks_exact_mut(2)) {
        let middle = u16::from(three[1]) * 3;
        to[0] = ((middle + u16::from(three[0]) + 1) >> 2) as u8;
        to[1] = ((middle + u16::from(three[2]) + 2) >> 2) as u8;
    }
    out[2 * last] = ((at(last) * 3 + at(last - 1) + 1) >> 2) as u8;
    out[2 * last + 1] = from[last];
}

/// As `twice`, of sums that are 4 times the samples.
#[inline(always)]
fn twice_sums(from: &[u16], out: &mut [u8]) {
    let last = from.len() - 1;
    out[0] = ((from[0] * 4 + 8) >> 4) as u8;
    out[1] = ((from[0] * 3 + from[1] + 7) >> 4) as u8;
    for (three, to) in from.windows(3).zip(out[2..].chunks_exact_mut(2)) {
        let middle = three[1] * 3;
        to[0] = ((middle + three[0] + 8) >> 4) as u8;
        to[1] = ((middle + three[2] + 7) >> 4) as u8;
    }
    out[2 * last] = ((from[last] * 3 + from[last - 1] + 8) >> 4) as u8;
    out[2 * last + 1] = ((from[last] * 4 + 7) >> 4) as u8;
}
