//! Mirror of `vaerans/hadamard.h`.

#[repr(C)]
pub(crate) struct HadamardTable {
    pub(crate) transform: unsafe extern "C" fn(
        src: *const *const f32,
        dst: *const *mut f32,
        channels: usize,
        begin: usize,
        end: usize,
        flags: u32,
    ),
}
