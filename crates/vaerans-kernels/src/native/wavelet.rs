//! Mirror of `vaerans/wavelet.h`.

/// `vaerans_wavelet_job`.
#[repr(C)]
pub(crate) struct Job {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) planes: usize,
    pub(crate) src_step: usize,
    pub(crate) dst_step: usize,
    pub(crate) levels: usize,
    pub(crate) begin: usize,
    pub(crate) end: usize,
    pub(crate) filter: i32,
    pub(crate) flags: u32,
}

/// job, src, src_stride, ll, ll_stride, upper, lower, stride, scratch
pub(crate) type ForwardFn<T> =
    unsafe extern "C" fn(*const Job, *const T, usize, *mut T, usize, *mut T, *mut T, usize, *mut T);
/// Null in a build that leaves it out.
pub(crate) type Forward<T> = Option<ForwardFn<T>>;

/// job, ll, ll_stride, upper, lower, stride, dst, dst_stride, scratch
pub(crate) type Inverse<T> =
    Option<unsafe extern "C" fn(*const Job, *const T, usize, *const T, *const T, usize, *mut T, usize, *mut T)>;

#[repr(C)]
pub(crate) struct WaveletTable {
    pub(crate) forward_f32: Forward<f32>,
    pub(crate) inverse_f32: Inverse<f32>,
    pub(crate) forward_i32: Forward<i32>,
    pub(crate) inverse_i32: Inverse<i32>,
    pub(crate) forward_i16: Forward<i16>,
    pub(crate) inverse_i16: Inverse<i16>,
    /// Bit `1 << filter`: what this build has.
    pub(crate) filters_f32: u32,
    pub(crate) filters_i32: u32,
    pub(crate) filters_i16: u32,
    /// Elements of that many bytes that a job needs as scratch.
    pub(crate) scratch: unsafe extern "C" fn(*const Job, usize) -> usize,
}
