//! Mirror of `vaerans/blur.h`.

#[repr(C)]
pub struct BlurPlan {
    pub(crate) height: usize,
    pub(crate) row: usize,
    pub(crate) channels: usize,
    pub(crate) radius: usize,
    pub(crate) weights: *const f32,
}

/// Rows `begin..end` of the result; the C type of one member for samples `T`.
pub type Rows<T> = Option<
    unsafe extern "C" fn(
        plan: *const BlurPlan,
        src: *const T,
        dst: *mut T,
        scratch: *mut f32,
        begin: usize,
        end: usize,
    ),
>;

#[repr(C)]
pub(crate) struct BlurTable {
    pub(crate) rows_f32: Rows<f32>,
    pub(crate) rows_u8: Rows<u8>,
    pub(crate) rows_u16: Rows<u16>,
    /// Floats that a call needs as scratch.
    pub(crate) scratch: Option<unsafe extern "C" fn(plan: *const BlurPlan) -> usize>,
}
