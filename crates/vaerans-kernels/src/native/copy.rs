//! Mirror of `vaerans/copy.h`.

#[repr(C)]
pub(crate) struct CopyTable {
    pub(crate) copy: unsafe extern "C" fn(src: *const u8, dst: *mut u8, begin: usize, end: usize, flags: u32),
}
