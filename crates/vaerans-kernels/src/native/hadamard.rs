//! Mirror of `vaerans/hadamard.h`.

#[repr(C)]
pub struct HadamardTable {
    pub transform: Option<
        unsafe extern "C" fn(
            src: *const *const f32,
            dst: *const *mut f32,
            channels: usize,
            begin: usize,
            end: usize,
            flags: u32,
        ),
    >,
}
