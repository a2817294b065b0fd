//! How a window goes along an axis.

/// How paddings that were not given are chosen.
pub(in crate::nn::op) const AUTO_PAD: &[&str] = &["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"];

/// How an axis is walked.
#[derive(Debug, Clone, Copy)]
pub(in crate::nn::op) struct Axis {
    pub input: usize,
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    pub before: usize,
    pub after: usize,
    /// Of a transposed convolution: how many places there are.
    pub transposed: Option<usize>,
    /// How often each element of the stored input stands side by side.
    pub repeat: usize,
    /// Of some rows of a picture: elements that lie in front of the first that is there, as `before` pads; and how many places there are.
    pub skipped: usize,
    pub places: Option<usize>,
}

impl Axis {
    /// One element, read once.
    pub const FLAT: Axis = Axis {
        input: 1,
        kernel: 1,
        stride: 1,
        dilation: 1,
        before: 0,
        after: 0,
        transposed: None,
        repeat: 1,
        skipped: 0,
        places: None,
    };

    /// With the paddings that a word of [`AUTO_PAD`] chooses: as many places as the input has strides.
    pub fn padded(self, how: i64) -> Axis {
        let places = self.input.div_ceil(self.stride.max(1));
        let span = self.kernel.saturating_sub(1).saturating_mul(self.dilation).saturating_add(1);
        let all =
            (places.saturating_sub(1).saturating_mul(self.stride).saturating_add(span)).saturating_sub(self.input);
        match how {
            1 => Axis { before: all / 2, after: all - all / 2, ..self },
            2 => Axis { before: all - all / 2, after: all / 2, ..self },
            3 => Axis { before: 0, after: 0, ..self },
            _ => self,
        }
    }

    /// Of a transposed convolution: `more` places behind, or `shape` of them in all, whose paddings then follow.
    pub fn turned(self, more: usize, shape: Option<usize>, how: i64) -> Option<Axis> {
        let whole = (self.input.checked_sub(1)?)
            .checked_mul(self.stride)?
            .checked_add(self.kernel.checked_sub(1)?.checked_mul(self.dilation)?)?;
        let whole = whole.checked_add(more)?.checked_add(1)?;
        let wanted = match (shape, how) {
            (Some(n), _) => Some(n),
            (None, 1 | 2) => Some(self.input.checked_mul(self.stride)?),
            _ => None,
        };
        let (before, places) = match wanted {
            None => (self.before, whole.checked_sub(self.before.checked_add(self.after)?)?),
            Some(n) => {
                let all = whole.saturating_sub(n);
                (if how == 2 { all - all / 2 } else { all / 2 }, n)
            }
        };
        Some(Axis { before, transposed: Some(places), ..self })
    }

    /// How many places there are.
    pub fn output(&self) -> Option<usize> {
        if self.transposed.is_some() || self.places.is_some() {
            return self.transposed.or(self.places);
        }
        let span = (self.kernel.checked_sub(1)?).checked_mul(self.dilation)?.checked_add(1)?;
        let padded = self.input.checked_add(self.before)?.checked_add(self.after)?;
        Some(padded.checked_sub(span)? / self.stride + 1)
    }

    /// Where the tap of an output reads; nothing where that is padding.
    pub fn read(&self, output: usize, tap: usize) -> Option<usize> {
        if self.transposed.is_some() {
            let at = (output + self.before).checked_sub(tap * self.dilation)?;
            return Some(at / self.stride).filter(|&i| at % self.stride == 0 && i < self.input);
        }
        let at = output * self.stride + tap * self.dilation + self.skipped;
        at.checked_sub(self.before).filter(|&at| at < self.input).map(|at| at / self.repeat)
    }

    /// The same of some outputs: `rows` from `first` on, where of the input what is there begins at `first_in` and has `stored` elements.
    pub fn some(self, first: usize, rows: usize, first_in: usize, stored: usize) -> Axis {
        // Output `first` reads at `first stride - before`, of what is there at `first_in repeat` less.
        let (before, skipped) = (self.before + first_in * self.repeat, first * self.stride);
        let both = before.min(skipped);
        let (before, skipped) = (before - both, skipped - both);
        Axis { input: stored * self.repeat, before, skipped, places: Some(rows), ..self }
    }

    /// Elements of the input that are stored.
    pub fn stored(&self) -> usize {
        self.input / self.repeat
    }

    /// Whether every output reads the one element at its own place.
    pub fn is_pointwise(&self) -> bool {
        let plain = self.kernel == 1 && self.stride == 1 && self.before == 0 && self.after == 0;
        plain && self.repeat == 1 && self.places.is_none() && self.transposed.is_none_or(|n| n == self.input)
    }

    /// Whether it can be walked by tiles of four results that read six elements.
    pub fn is_three_wide(&self) -> bool {
        self.kernel == 3 && self.stride == 1 && self.dilation == 1 && self.transposed.is_none()
    }
}

#[cfg(test)]
impl Axis {
    /// Windows of many kinds.
    pub fn examples() -> impl Iterator<Item = Axis> {
        let cases =
            [(9, 3, 1, 1, 1), (9, 3, 2, 1, 1), (4, 5, 3, 2, 6), (1, 1, 1, 1, 0), (7, 2, 4, 3, 0), (2, 3, 1, 1, 9)];
        cases.into_iter().map(|(input, kernel, stride, dilation, before)| Axis {
            input,
            kernel,
            stride,
            dilation,
            before,
            after: before,
            ..Axis::FLAT
        })
    }
}
