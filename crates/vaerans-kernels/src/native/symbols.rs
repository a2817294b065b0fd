//! Mirror of `vaerans/symbols.h`.

#[repr(C)]
pub(crate) struct SymbolsTable {
    pub(crate) histogram: Option<unsafe extern "C" fn(symbols: *const u8, n: usize, counts: *mut u32)>,
    pub(crate) collect:
        Option<unsafe extern "C" fn(set: *const u8, symbols: *const u8, n: usize, out: *mut u8, room: usize) -> usize>,
    pub(crate) replace:
        Option<unsafe extern "C" fn(marker: u8, symbols: *mut u8, n: usize, list: *const u8, count: usize) -> usize>,
    pub(crate) zigzag: Option<unsafe extern "C" fn(values: *const i32, n: usize, most: u8, tokens: *mut u8)>,
    pub(crate) unzigzag: Option<unsafe extern "C" fn(tokens: *const u8, n: usize, values: *mut i32)>,
}
