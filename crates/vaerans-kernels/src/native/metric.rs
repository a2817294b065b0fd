//! Mirror of `vaerans/metric.h`.

pub type Sse<T> = Option<unsafe extern "C" fn(a: *const T, b: *const T, n: usize) -> u64>;

pub type Ssim<T> = Option<
    unsafe extern "C" fn(
        a: *const T,
        b: *const T,
        row: usize,
        channels: usize,
        c1: f64,
        c2: f64,
        scratch: *mut f64,
        begin: usize,
        end: usize,
        sums: *mut f64,
    ),
>;

#[repr(C)]
pub(crate) struct MetricTable {
    pub(crate) sse_u8: Sse<u8>,
    pub(crate) sse_u16: Sse<u16>,
    pub(crate) sse_f32: Option<unsafe extern "C" fn(a: *const f32, b: *const f32, n: usize) -> f64>,
    pub(crate) ssim_u8: Ssim<u8>,
    pub(crate) ssim_u16: Ssim<u16>,
    pub(crate) gaussian_ssim_f32: Option<
        unsafe extern "C" fn(
            a: *const f32,
            b: *const f32,
            width: usize,
            weights: *const f64,
            c1: f64,
            c2: f64,
            scratch: *mut f64,
            begin: usize,
            end: usize,
            sums: *mut [f64; 2],
        ),
    >,
    pub(crate) halve_f32: Option<
        unsafe extern "C" fn(src: *const f32, height: usize, width: usize, dst: *mut f32, begin: usize, end: usize),
    >,
    /// Doubles that the SSIM of rows of that many samples needs as scratch.
    pub(crate) scratch: Option<unsafe extern "C" fn(row: usize) -> usize>,
}
