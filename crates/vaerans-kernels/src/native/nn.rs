//! Mirror of `cpp/include/vaerans/nn.h`.

use crate::Isa;
use std::ffi::c_char;

/// `vaerans_epilogue`.
#[repr(C)]
pub struct Epilogue {
    pub bias: *const f32,
    pub residual: *const f32,
    pub residual_last: u32,
    pub activation: u32,
    pub low: f32,
    pub high: f32,
}

/// `vaerans_gemm`.
#[repr(C)]
pub struct Gemm {
    pub from: *const f32,
    pub starts: *const usize,
    pub m: usize,
    pub taps: usize,
    pub k: usize,
    pub zeros: *const f32,
    pub which: *const usize,
    pub depth: usize,
    pub panels: *const f32,
    pub n: usize,
    pub out: *mut f32,
    pub stride: usize,
    pub epilogue: Epilogue,
}

/// `vaerans_nn_gemm_table`.
#[repr(C)]
pub struct GemmTable {
    pub panel: usize,
    pub forms: Forms<Gemm>,
}

/// `vaerans_winograd`.
#[repr(C)]
pub struct Winograd {
    pub from: *const f32,
    pub rows: *const usize,
    pub columns: *const usize,
    pub tile_rows: usize,
    pub tiles: usize,
    pub c: usize,
    pub panels: *const f32,
    pub n: usize,
    pub out: *mut f32,
    pub height: usize,
    pub width: usize,
    pub row_stride: usize,
    pub column_stride: usize,
    pub scratch: *mut f32,
    pub epilogue: Epilogue,
}

/// `vaerans_nn_winograd_table`.
#[repr(C)]
pub struct WinogradTable {
    pub forms: Forms<Winograd>,
    pub pack: unsafe extern "C" fn(*const f32, usize, usize, usize, *mut f32),
}

/// `vaerans_depthwise`.
#[repr(C)]
pub struct Depthwise {
    pub from: *const f32,
    pub rows: *const usize,
    pub columns: *const usize,
    pub height: usize,
    pub width: usize,
    pub taps_y: usize,
    pub taps_x: usize,
    pub c: usize,
    pub begin: usize,
    pub end: usize,
    pub apart: usize,
    pub zeros: *const f32,
    pub weights: *const f32,
    pub out: *mut f32,
    pub stride: usize,
    pub epilogue: Epilogue,
}

/// `vaerans_elementwise_step`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct ElementwiseStep {
    pub function: u32,
    pub a: u32,
    pub b: u32,
    pub p: f32,
    pub q: f32,
}

/// `vaerans_elementwise_operand`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ElementwiseOperand {
    pub data: *const f32,
    pub row: usize,
    pub moves: u32,
}

/// `vaerans_elementwise`.
#[repr(C)]
pub struct Elementwise {
    pub steps: *const ElementwiseStep,
    pub step_count: usize,
    pub operands: *const ElementwiseOperand,
    pub operand_count: usize,
    pub out: *mut f32,
    pub rows: usize,
    pub n: usize,
}

/// `vaerans_nn_elementwise_table`.
#[repr(C)]
pub struct ElementwiseTable {
    pub run: unsafe extern "C" fn(*const Elementwise),
}

/// `vaerans_layer_norm`.
#[repr(C)]
pub struct LayerNorm {
    pub x: *const f32,
    pub rows: usize,
    pub columns: usize,
    pub centred: u32,
    pub epsilon: f32,
    pub scale: *const f32,
    pub bias: *const f32,
    pub width: usize,
    pub out: *mut f32,
}

/// `vaerans_nn_norm_table`.
#[repr(C)]
pub struct NormTable {
    pub column_sums: unsafe extern "C" fn(*const f32, usize, usize, *const f32, *mut f32),
    pub row_sums: unsafe extern "C" fn(*const f32, usize, usize, *const f32, *mut f32),
    pub softmax: unsafe extern "C" fn(*const f32, usize, usize, u32, *mut f32),
    pub layer_norm: unsafe extern "C" fn(*const LayerNorm),
}

/// `vaerans_pool`.
#[repr(C)]
pub struct Pool {
    pub from: *const f32,
    pub starts: *const usize,
    pub m: usize,
    pub taps: usize,
    pub c: usize,
    pub maximum: u32,
    pub out: *mut f32,
}

/// `vaerans_nn_pool_table`.
#[repr(C)]
pub struct PoolTable {
    pub run: unsafe extern "C" fn(*const Pool),
}

/// `vaerans_turn`.
#[repr(C)]
pub struct Turn {
    pub from: *const f32,
    pub step: usize,
    pub rows: usize,
    pub columns: usize,
    pub out: *mut f32,
    pub stride: usize,
}

/// `vaerans_nn_turn_table`.
#[repr(C)]
pub struct TurnTable {
    pub run: unsafe extern "C" fn(*const Turn),
}

/// The strict and the fast form of a kernel; the fast one where there is one.
#[repr(C)]
pub struct Forms<T> {
    pub strict: unsafe extern "C" fn(*const T),
    pub fast: Option<unsafe extern "C" fn(*const T)>,
}

/// `vaerans_nn_table`.
#[repr(C)]
pub struct NnTable {
    isa: *const c_char,
    families: *const c_char,
    pub gemm: &'static GemmTable,
    pub winograd: &'static WinogradTable,
    pub depthwise: &'static Forms<Depthwise>,
    pub elementwise: &'static ElementwiseTable,
    pub norm: &'static NormTable,
    pub pool: &'static PoolTable,
    pub turn: &'static TurnTable,
}

// SAFETY: a table and everything it points to is constant.
unsafe impl Sync for NnTable {}

#[cfg(feature = "cxx")]
pub(crate) fn table_for(isa: Isa) -> Option<&'static NnTable> {
    extern "C" {
        fn vaerans_nn_table_for(isa: i32) -> *const NnTable;
    }
    // SAFETY: as for `vaerans_table_for`.
    unsafe { vaerans_nn_table_for(isa as i32).as_ref() }
}

#[cfg(not(feature = "cxx"))]
pub(crate) fn table_for(_: Isa) -> Option<&'static NnTable> {
    None
}

#[cfg(all(test, feature = "cxx"))]
mod tests {
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn mirror_has_the_families_of_the_header() {
        for isa in Isa::ALL {
            let Some(table) = table_for(isa) else { continue };
            // SAFETY: both are C string constants at the head of the table, whatever follows them.
            let (name, families) = unsafe { (CStr::from_ptr(table.isa), CStr::from_ptr(table.families)) };
            assert_eq!(
                (name.to_str(), families.to_str()),
                (Ok(isa.name()), Ok("nn_gemm nn_winograd nn_depthwise nn_elementwise nn_norm nn_pool nn_turn "))
            );
        }
        assert!(table_for(Isa::Reference).is_none());
    }
}
