//! Mirror of `vaerans/residual.h`.

pub type Forward<S, R> = Option<unsafe extern "C" fn(*const S, *const S, *mut R, u32, usize, usize, u32)>;
pub type Inverse<S, R> = Option<unsafe extern "C" fn(*const R, *const S, *mut S, u32, usize, usize, u32)>;

#[repr(C)]
pub struct ResidualTable {
    pub forward_u8: Forward<u8, i16>,
    pub forward_u16: Forward<u16, i32>,
    pub forward_i16: Forward<i16, i32>,
    pub inverse_u8: Inverse<u8, i16>,
    pub inverse_u16: Inverse<u16, i32>,
    pub inverse_i16: Inverse<i16, i32>,
}
