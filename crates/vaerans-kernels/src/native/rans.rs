//! Mirror of `vaerans/rans.h`.

#[repr(C)]
pub(crate) struct RansTable {
    pub(crate) decode12: Option<
        unsafe extern "C" fn(
            slots: *const u32,
            states: *mut u32,
            lanes: usize,
            words: *const u8,
            count: usize,
            symbols: *mut u8,
            n: usize,
        ) -> usize,
    >,
    pub(crate) decode14: Option<
        unsafe extern "C" fn(
            slot_symbols: *const u8,
            intervals: *const u32,
            states: *mut u32,
            lanes: usize,
            words: *const u8,
            count: usize,
            symbols: *mut u8,
            n: usize,
        ) -> usize,
    >,
    pub(crate) encode: Option<
        unsafe extern "C" fn(
            intervals: *const u64,
            bits: u32,
            states: *mut u32,
            lanes: usize,
            symbols: *const u8,
            n: usize,
            words: *mut u8,
            room: usize,
        ) -> usize,
    >,
}

/// `VAERANS_RANS_SHORT`.
pub(crate) const SHORT: usize = usize::MAX;
