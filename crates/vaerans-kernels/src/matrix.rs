//! Colour of interleaved pixels by a matrix, to planes and back; alpha is left out, and opaque in what comes back.

use crate::native::color::ColorTable;
use crate::reference::color as reference;
use crate::{Element, Kernels, Sample};

/// A 3 x 3 matrix of RGB, row by row, and what samples are scaled by. Grey is multiplied by the first number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix {
    /// The matrix.
    pub m: [f32; 9],
    /// Forward: of samples; inverse: of what the matrix makes.
    pub scale: f32,
    /// Added then.
    pub offset: f32,
}

#[doc(hidden)]
pub type Forward<S> =
    Option<unsafe extern "C" fn(*const S, *const *mut f32, usize, *const f32, f32, f32, usize, usize)>;
#[doc(hidden)]
pub type Inverse<P, S> =
    Option<unsafe extern "C" fn(*const *const P, *mut S, usize, *const f32, f32, f32, usize, usize)>;

/// Samples that a matrix makes planes of.
pub trait MatrixSample: Sample {
    #[doc(hidden)]
    fn forward(table: &ColorTable) -> Forward<Self>;
}

/// Planes (`f32` or `i16`) that a matrix makes samples of.
pub trait MatrixPlane<S: Sample>: Element {
    #[doc(hidden)]
    fn inverse(table: &ColorTable) -> Inverse<Self, S>;
    #[doc(hidden)]
    fn float(self) -> f32;
}

macro_rules! matrix {
    ($s:ty, $forward:ident, $of_f32:ident, $of_i16:ident) => {
        impl MatrixSample for $s {
            fn forward(table: &ColorTable) -> Forward<$s> {
                table.$forward
            }
        }
        impl MatrixPlane<$s> for f32 {
            fn inverse(table: &ColorTable) -> Inverse<f32, $s> {
                table.$of_f32
            }
            fn float(self) -> f32 {
                self
            }
        }
        impl MatrixPlane<$s> for i16 {
            fn inverse(table: &ColorTable) -> Inverse<i16, $s> {
                table.$of_i16
            }
            fn float(self) -> f32 {
                f32::from(self)
            }
        }
    };
}
matrix!(u8, matrix_forward_u8, matrix_inverse_f32_u8, matrix_inverse_i16_u8);
matrix!(u16, matrix_forward_u16, matrix_inverse_f32_u16, matrix_inverse_i16_u16);

/// Planes of colour of pixels of so many samples.
fn planes_of(channels: usize) -> usize {
    assert!((1..=4).contains(&channels), "color: {channels} channels; a picture has 1 to 4");
    if channels < 3 {
        1
    } else {
        3
    }
}

/// Pixels, if samples and planes agree.
fn pixels(samples: usize, channels: usize, mut planes: impl ExactSizeIterator<Item = usize>) -> usize {
    let n = samples / channels;
    let fits = samples == n * channels && planes.len() == planes_of(channels) && planes.all(|m| m == n);
    assert!(fits, "color: {samples} samples of {channels} channels do not fit the planes");
    n
}

impl Kernels {
    /// Samples of `channels` a pixel to one plane of grey or three of RGB.
    ///
    /// # Panics
    /// If there are not 1 to 4 channels, or planes of other numbers of elements.
    pub fn matrix_forward<S: MatrixSample>(&self, src: &[S], channels: usize, matrix: &Matrix, dst: &mut [&mut [f32]]) {
        let n = pixels(src.len(), channels, dst.iter().map(|p| p.len()));
        let Matrix { m, scale, offset } = matrix;
        if let Some(f) = self.native.and_then(|t| S::forward(t.color)) {
            let mut to = [std::ptr::null_mut(); 3];
            to.iter_mut().zip(dst.iter_mut()).for_each(|(to, plane)| *to = plane.as_mut_ptr());
            // SAFETY: `n` pixels of `channels` samples, as many planes as the kernel writes of `n` elements, no overlap (`&mut`).
            return unsafe { f(src.as_ptr(), to.as_ptr(), channels, m.as_ptr(), *scale, *offset, 0, n) };
        }
        Kernels::by_reference();
        for (i, pixel) in src.chunks_exact(channels).enumerate() {
            let v = |c: usize| reference::affine(pixel[c].to_i32() as f32, *scale, *offset);
            if channels < 3 {
                dst[0][i] = m[0] * v(0);
            } else {
                let made = reference::matrix(m, [v(0), v(1), v(2)]);
                dst.iter_mut().zip(made).for_each(|(plane, v)| plane[i] = v);
            }
        }
    }

    /// Planes to samples of `channels` a pixel, rounded half to even and clamped; NaN gives 0.
    ///
    /// # Panics
    /// As the forward transform.
    pub fn matrix_inverse<P: MatrixPlane<S>, S: Sample>(
        &self,
        src: &[&[P]],
        matrix: &Matrix,
        channels: usize,
        dst: &mut [S],
    ) {
        let n = pixels(dst.len(), channels, src.iter().map(|p| p.len()));
        let Matrix { m, scale, offset } = matrix;
        if let Some(f) = self.native.and_then(|t| P::inverse(t.color)) {
            let mut from = [std::ptr::null(); 3];
            from.iter_mut().zip(src).for_each(|(from, plane)| *from = plane.as_ptr());
            // SAFETY: as of the forward transform.
            return unsafe { f(from.as_ptr(), dst.as_mut_ptr(), channels, m.as_ptr(), *scale, *offset, 0, n) };
        }
        Kernels::by_reference();
        let sample = |v| S::from_i32(reference::to_sample(reference::affine(v, *scale, *offset), S::MAX));
        for (i, pixel) in dst.chunks_exact_mut(channels).enumerate() {
            pixel[channels - 1] = S::from_i32(S::MAX);
            if channels < 3 {
                pixel[0] = sample(m[0] * src[0][i].float());
            } else {
                let made = reference::matrix(m, [0, 1, 2].map(|c: usize| src[c][i].float()));
                pixel.iter_mut().zip(made).for_each(|(p, v)| *p = sample(v));
            }
        }
    }
}
