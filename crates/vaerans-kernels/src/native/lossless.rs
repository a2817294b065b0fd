//! Mirror of `vaerans/lossless.h`.

/// `vaerans_lossless_side`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Side {
    pub values: *const i32,
    pub distances: *const i32,
}

/// `vaerans_lossless_row`.
#[repr(C)]
pub struct Row {
    pub above: [Side; 2],
    pub first: [Side; 2],
    pub second: [Side; 2],
    pub lead: [Side; 2],
    pub values: *mut i32,
    pub distances: *mut i32,
    pub across: *mut i32,
    pub down: *mut i32,
    pub energy: *mut i32,
    pub coefficients: *const i32,
    pub weights: *const i32,
    pub tables: *mut u16,
    pub earlier: u32,
    pub limits: [i32; 4],
    pub most: i32,
    pub step: i32,
    pub inverse: u32,
    pub rate: u32,
}

/// `vaerans_lossless_lane`.
#[repr(C)]
pub struct Lane {
    pub state: u32,
    pub words: *const u8,
    pub end: *const u8,
}

#[repr(C)]
pub(crate) struct LosslessTable {
    pub(crate) context: Option<unsafe extern "C" fn(row: *const Row, n: usize)>,
    pub(crate) decode:
        Option<unsafe extern "C" fn(rows: *const Row, lanes: *mut Lane, count: usize, n: usize) -> usize>,
    pub(crate) encode: Option<
        unsafe extern "C" fn(
            row: *const Row,
            values: *const i32,
            records: *mut crate::lossless::Record,
            n: usize,
        ) -> usize,
    >,
    pub(crate) moments:
        Option<unsafe extern "C" fn(features: *const f32, weights: *const f32, sums: *mut f32, n: usize)>,
}
