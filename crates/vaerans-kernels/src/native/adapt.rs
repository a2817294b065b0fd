//! Mirror of `vaerans/adapt.h`.

/// `vaerans_adapt_plane`.
#[repr(C)]
pub struct Plane {
    pub samples: *const i16,
    pub stride: usize,
    pub width: usize,
    pub height: usize,
    pub across: usize,
}

#[repr(C)]
pub(crate) struct AdaptTable {
    pub(crate) eighths: Option<unsafe extern "C" fn(from: *const f32, to: *mut i16, n: usize)>,
    pub(crate) classify: Option<
        unsafe extern "C" fn(
            plane: *const Plane,
            begin: usize,
            end: usize,
            steps: *const u8,
            limits: *const u32,
            sorts: *mut u8,
        ),
    >,
    pub(crate) filter: Option<
        unsafe extern "C" fn(
            plane: *const Plane,
            pairs: usize,
            begin: usize,
            end: usize,
            sorts: *const u8,
            steps: *const u8,
            weights: *const i32,
            bounds: *const i16,
            out: *mut i16,
            out_stride: usize,
        ),
    >,
    pub(crate) gather: Option<
        unsafe extern "C" fn(
            plane: *const Plane,
            wanted: *const i16,
            pairs: usize,
            begin: usize,
            end: usize,
            sorts: *const u8,
            steps: *const u8,
            bounds: *const i16,
            sums: *mut i64,
            part: *mut i32,
            counts: *mut u32,
        ),
    >,
}
