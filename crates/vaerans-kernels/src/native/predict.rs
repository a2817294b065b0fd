//! Mirror of `vaerans/predict.h`.

/// `vaerans_predict_row`.
#[repr(C)]
pub struct Row {
    pub values: *const i16,
    pub residuals: *const u16,
    pub energy: *const i32,
    pub value_offsets: *const isize,
    pub value_weights: *const i32,
    pub value_count: usize,
    pub residual_offsets: *const isize,
    pub residual_weights: *const i32,
    pub residual_count: usize,
    pub energy_offsets: *const isize,
    pub energy_weights: *const i32,
    pub energy_count: usize,
    pub bias: i32,
}

#[repr(C)]
pub(crate) struct PredictTable {
    pub(crate) context:
        Option<unsafe extern "C" fn(row: *const Row, means: *mut i32, classes: *mut u8, n: usize)>,
    pub(crate) decode: Option<
        unsafe extern "C" fn(
            tables: *const u32,
            states: *mut u32,
            lanes: usize,
            words: *const u8,
            count: usize,
            means: *const i32,
            classes: *const u8,
            values: *mut i16,
            residuals: *mut u16,
            n: usize,
        ) -> usize,
    >,
}
