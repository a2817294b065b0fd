//! Where the samples and the bands of one level stand.

/// Rows of samples; row r starts at `data[r * stride]`.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a, T> {
    /// The samples.
    pub data: &'a [T],
    /// Elements from row to row.
    pub stride: usize,
}

/// The bands of a level, all rows. LL stands apart: the next coarser level was reconstructed there.
#[derive(Debug, Clone, Copy)]
pub struct Bands<'a, T> {
    /// LL.
    pub ll: Plane<'a, T>,
    /// `[LL HL]`, of which the LL part is not read.
    pub upper: &'a [T],
    /// `[LH HH]`.
    pub lower: &'a [T],
    /// Elements from row to row of `upper` and of `lower`.
    pub stride: usize,
}

/// Where a range of pairs is written: the rows of these pairs.
#[derive(Debug)]
pub struct BandsMut<'a, T> {
    /// LL and its stride; `None`: the LL part of `upper`.
    pub ll: Option<(&'a mut [T], usize)>,
    /// `[LL HL]`.
    pub upper: &'a mut [T],
    /// `[LH HH]`.
    pub lower: &'a mut [T],
    /// Elements from row to row of `upper` and of `lower`.
    pub stride: usize,
}

/// Whether `rows` rows of `width` elements lie in `len` elements.
pub(super) fn holds(len: usize, stride: usize, rows: usize, width: usize) -> bool {
    rows == 0 || width == 0 || (width <= stride && (rows - 1).checked_mul(stride).is_some_and(|n| n + width <= len))
}
