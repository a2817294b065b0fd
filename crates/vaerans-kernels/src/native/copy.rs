//! Mirror of `vaerans/copy.h`.

#[repr(C)]
pub struct CopyTable {
    pub copy: Option<unsafe extern "C" fn(src: *const u8, dst: *mut u8, begin: usize, end: usize, flags: u32)>,
}
