//! Mirror of `vaerans/screen.h`.

/// `vaerans_screen_state`.
#[repr(C)]
pub struct State {
    pub width: usize,
    pub channels: usize,
    pub hash_bits: u32,
    pub cell_bits: u32,
    pub hashed: *mut u16,
    pub direct: *mut u16,
    pub wide: *mut u64,
    pub close: *mut u64,
    pub weights: *mut i32,
    pub squash: *const u16,
    pub stretch: *const i16,
    pub palette: *mut u32,
    pub inks: *mut u32,
    pub scores: *mut i32,
    pub places: *mut u16,
    pub rows: [*mut u32; 3],
    pub skipped: [*mut u8; 3],
    pub colours: u32,
    pub next: u32,
    pub literals: u32,
    pub without_palette: u32,
    pub low: u32,
    pub range: u32,
    pub at: usize,
}

#[repr(C)]
pub(crate) struct ScreenTable {
    pub(crate) decode:
        Option<unsafe extern "C" fn(state: *mut State, bytes: *const u8, count: usize, out: *mut u8)>,
    pub(crate) encode: Option<unsafe extern "C" fn(state: *mut State, bytes: *mut u8, pixels: *const u8)>,
}
