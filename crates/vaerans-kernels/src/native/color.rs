//! Mirror of `vaerans/color.h`.

pub type Forward<S, P> = Option<unsafe extern "C" fn(*const S, *const *mut P, usize, usize, usize, u32)>;
pub type Inverse<P, S> = Option<unsafe extern "C" fn(*const *const P, *mut S, usize, usize, usize, u32)>;
pub type From<S> = Option<unsafe extern "C" fn(*const S, *const *mut f32, usize, f32, f32, usize, usize, u32)>;
pub type To<S> = Option<unsafe extern "C" fn(*const *const f32, *mut S, usize, f32, f32, usize, usize, u32)>;

#[repr(C)]
pub struct ColorTable {
    pub ycocg_r_forward_u8_i16: Forward<u8, i16>,
    pub ycocg_r_forward_u8_i32: Forward<u8, i32>,
    pub ycocg_r_forward_u16_i32: Forward<u16, i32>,
    pub ycocg_r_inverse_i16_u8: Inverse<i16, u8>,
    pub ycocg_r_inverse_i32_u8: Inverse<i32, u8>,
    pub ycocg_r_inverse_i32_u16: Inverse<i32, u16>,
    pub ycocg_forward_u8_f32: Forward<u8, f32>,
    pub ycocg_forward_u16_f32: Forward<u16, f32>,
    pub ycocg_inverse_f32_u8: Inverse<f32, u8>,
    pub ycocg_inverse_f32_u16: Inverse<f32, u16>,
    pub planes_from_u8: From<u8>,
    pub planes_from_u16: From<u16>,
    pub planes_to_u8: To<u8>,
    pub planes_to_u16: To<u16>,
    pub matrix_forward_u8: crate::matrix::Forward<u8>,
    pub matrix_forward_u16: crate::matrix::Forward<u16>,
    pub matrix_inverse_f32_u8: crate::matrix::Inverse<f32, u8>,
    pub matrix_inverse_f32_u16: crate::matrix::Inverse<f32, u16>,
    pub matrix_inverse_i16_u8: crate::matrix::Inverse<i16, u8>,
    pub matrix_inverse_i16_u16: crate::matrix::Inverse<i16, u16>,
}
