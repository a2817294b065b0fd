//! The kernels of the network engine. A handle of its own: a program without networks holds none of them.

mod depthwise;
mod elementwise;
mod epilogue;
mod gemm;
mod norm;
mod pool;
mod recurrent;
mod turn;
mod winograd;

pub use gemm::MOST_ZEROS;

use crate::native::nn::{self as native, NnTable};
use crate::{Isa, Kernels};

/// A hash of what calls of the kernels look like: the headers, and the handle. Modules that call each other's kernels compare it.
pub const LAYOUT: u32 = {
    let headers: &[&[u8]] = &[
        include_bytes!("../../cpp/include/vaerans/nn.h"),
        include_bytes!("../../cpp/include/vaerans/nn_depthwise.h"),
        include_bytes!("../../cpp/include/vaerans/nn_elementwise.h"),
        include_bytes!("../../cpp/include/vaerans/nn_epilogue.h"),
        include_bytes!("../../cpp/include/vaerans/nn_gemm.h"),
        include_bytes!("../../cpp/include/vaerans/nn_norm.h"),
        include_bytes!("../../cpp/include/vaerans/nn_pool.h"),
        include_bytes!("../../cpp/include/vaerans/nn_turn.h"),
        include_bytes!("../../cpp/include/vaerans/nn_winograd.h"),
    ];
    let (mut hash, mut i) = (size_of::<NnKernels>() as u32, 0);
    while i < headers.len() {
        let mut at = 0;
        while at < headers[i].len() {
            hash = (hash ^ headers[i][at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        i += 1;
    }
    hash
};

/// How sums may be formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// In one order, each product and each sum rounded: the same bits on every machine.
    #[default]
    Strict,
    /// With fused multiply-add, where there is such.
    Fast,
}

impl Mode {
    /// By its name: `strict` or `fast`.
    pub fn from_name(name: &str) -> Option<Mode> {
        match name {
            "strict" => Some(Mode::Strict),
            "fast" => Some(Mode::Fast),
            _ => None,
        }
    }
}

/// The kernels of one instruction set for networks; a handle that is copied freely.
#[derive(Clone, Copy)]
pub struct NnKernels {
    isa: Isa,
    table: Option<&'static NnTable>,
    mode: Mode,
}

impl NnKernels {
    /// The scalar Rust reference.
    pub const REFERENCE: NnKernels = NnKernels { isa: Isa::Reference, table: None, mode: Mode::Strict };

    /// Those of the fastest instruction set of this machine. The codec's are not asked for: a wasm module of networks alone has none of them.
    pub fn fastest(mode: Mode) -> NnKernels {
        let found = Isa::ALL.into_iter().rev().find_map(|isa| native::table_for(isa).map(|table| (isa, table)));
        found.map_or(NnKernels::REFERENCE, |(isa, table)| NnKernels { isa, table: Some(table), mode })
    }

    /// Those of the instruction set of `kernels`.
    pub fn of(kernels: Kernels, mode: Mode) -> NnKernels {
        NnKernels { isa: kernels.isa(), table: native::table_for(kernels.isa()), mode }
    }

    /// The instruction set.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// The table; none where the reference is meant.
    #[inline(always)]
    fn table(&self) -> Option<&'static NnTable> {
        or_reference(self.table)
    }

    /// The same for factors in panels of so many columns.
    #[inline(always)]
    fn table_of_panels(&self, panel: usize) -> Option<&'static NnTable> {
        or_reference(self.table.filter(|t| t.gemm.panel == panel))
    }

    /// The form of a kernel that this mode runs.
    fn form<T>(&self, forms: &native::Forms<T>) -> unsafe extern "C" fn(*const T) {
        match self.mode {
            Mode::Strict => forms.strict,
            Mode::Fast => forms.fast.unwrap_or(forms.strict),
        }
    }

    /// How sums are formed.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

/// A table, or none where the reference is meant, which a small build has not.
#[inline(always)]
fn or_reference<T>(table: Option<T>) -> Option<T> {
    if table.is_none() {
        Kernels::by_reference();
    }
    table
}

impl core::fmt::Debug for NnKernels {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "NnKernels({}, {:?})", self.isa, self.mode)
    }
}
