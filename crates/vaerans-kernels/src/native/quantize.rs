//! Mirror of `vaerans/quantize.h`.

use crate::quantize::Range;

pub type Quantize<Q> = Option<unsafe extern "C" fn(*const f32, *mut Q, f32, f32, usize, usize, u32)>;
pub type Dequantize<Q> = Option<unsafe extern "C" fn(*const Q, *mut f32, f32, f32, usize, usize, u32)>;

pub type Rows<A, B> = Option<unsafe extern "C" fn(*const A, *mut B, usize, usize, usize, f32, f32)>;

#[repr(C)]
pub struct QuantizeTable {
    pub quantize_u8: Quantize<u8>,
    pub quantize_u16: Quantize<u16>,
    pub quantize_i32: Quantize<i32>,
    pub dequantize_u8: Dequantize<u8>,
    pub dequantize_u16: Dequantize<u16>,
    pub dequantize_i32: Dequantize<i32>,
    pub dead_zone_i16: Quantize<i16>,
    pub dead_zone_i32: Quantize<i32>,
    pub dead_zone_inverse_i16: Dequantize<i16>,
    pub dead_zone_inverse_i32: Dequantize<i32>,
    pub dead_zone_rows: Rows<f32, i32>,
    pub dead_zone_inverse_rows: Rows<i32, f32>,
    pub range: Option<unsafe extern "C" fn(*const f32, usize, usize, *mut Range)>,
}
