//! Mirror of `cpp/include/vaerans/kernels.h`. The only foreign functions of the workspace are declared here.

// With `cxx` off nothing constructs a table.
#![cfg_attr(not(feature = "cxx"), allow(dead_code))]

use crate::Isa;
use std::ffi::c_char;

pub(crate) const STREAM: u32 = 1;
/// Bytes to which scratch memory is aligned.
pub(crate) const LINE: usize = 64;

/// Declares the table; the order of the families is the order of `VAERANS_FAMILIES`.
macro_rules! tables {
    ($($family:ident: $table:ident,)*) => {
        $(pub mod $family;)*

        /// `vaerans_table`. Its pointers are to constants of the C++ library, which live as long as the process.
        #[repr(C)]
        pub struct Table {
            isa: *const c_char,
            families: *const c_char,
            $(pub(crate) $family: &'static $family::$table,)*
        }

        #[cfg(test)]
        const FAMILIES: &str = concat!($(stringify!($family), " "),*);
    };
}

pub mod nn;
pub mod recurrent;

tables! {
    adapt: AdaptTable,
    blur: BlurTable,
    color: ColorTable,
    copy: CopyTable,
    hadamard: HadamardTable,
    lossless: LosslessTable,
    metric: MetricTable,
    photo: PhotoTable,
    predict: PredictTable,
    quantize: QuantizeTable,
    rans: RansTable,
    residual: ResidualTable,
    screen: ScreenTable,
    symbols: SymbolsTable,
    wavelet: WaveletTable,
}

// SAFETY: a table and everything it points to is constant.
unsafe impl Sync for Table {}

#[cfg(feature = "cxx")]
pub(crate) fn table_for(isa: Isa) -> Option<&'static Table> {
    extern "C" {
        fn vaerans_table_for(isa: i32) -> *const Table;
    }
    // SAFETY: the function takes any number; it gives null or a constant of the layout of `Table` (the test below compares
    // the families' names and order), valid for the life of the process.
    unsafe { vaerans_table_for(isa as i32).as_ref() }
}

#[cfg(not(feature = "cxx"))]
pub(crate) fn table_for(_: Isa) -> Option<&'static Table> {
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
            assert_eq!(name.to_str(), Ok(isa.name()));
            assert_eq!(families.to_str(), Ok(FAMILIES));
        }
        // A wasm module holds one instruction set.
        assert!(table_for(Isa::Scalar).is_some() != table_for(Isa::Simd128).is_some());
        assert!(table_for(Isa::Reference).is_none());
    }

    #[repr(C)]
    struct Constant {
        name: *const c_char,
        value: usize,
    }

    /// `vaerans_constants` up to the row without a name.
    fn constants() -> Vec<(&'static str, usize)> {
        extern "C" {
            static vaerans_constants: [Constant; 0];
        }
        let rows = (&raw const vaerans_constants).cast::<Constant>();
        // SAFETY: `i` stays at or before the row without a name, which ends the constant array.
        let row = |i| unsafe { &*rows.add(i) };
        let named = (0..).map(row).take_while(|r| !r.name.is_null());
        // SAFETY: names are C string constants.
        named.map(|r| (unsafe { CStr::from_ptr(r.name) }.to_str().expect("ASCII"), r.value)).collect()
    }

    #[test]
    fn mirror_has_the_numbers_of_the_headers() {
        use crate::{adapt, lossless, photo, predict, screen};
        use crate::{Filter, WaveletPlanes, GAUSSIAN_TAPS, RANS_LANES, RANS_PAD, UNIFORM_SIDE};
        let ours = [
            ("LINE", LINE),
            ("STREAM", STREAM as usize),
            ("SCALAR", Isa::Scalar as usize),
            ("SSE42", Isa::Sse42 as usize),
            ("AVX2", Isa::Avx2 as usize),
            ("AVX512", Isa::Avx512 as usize),
            ("NEON", Isa::Neon as usize),
            ("SIMD128", Isa::Simd128 as usize),
            ("ADAPT_SIDE", adapt::SIDE),
            ("ADAPT_ABOVE", adapt::ABOVE),
            ("ADAPT_CLASSES", adapt::CLASSES),
            ("ADAPT_SORTS", adapt::SORTS),
            ("ADAPT_STEPS", adapt::STEPS),
            ("ADAPT_LUMA", adapt::LUMA),
            ("ADAPT_CHROMA", adapt::CHROMA),
            ("ADAPT_FLUSH", adapt::FLUSH),
            ("ADAPT_ROW", adapt::ROW),
            ("LOSSLESS_COLUMNS", lossless::COLUMNS),
            ("LOSSLESS_EDGE", lossless::EDGE),
            ("LOSSLESS_CLASSES", lossless::CLASSES),
            ("LOSSLESS_COEFFICIENTS", lossless::COEFFICIENTS),
            ("LOSSLESS_WEIGHTS", lossless::WEIGHTS),
            ("LOSSLESS_SCALES", lossless::SCALES),
            ("LOSSLESS_PHASES", lossless::PHASES),
            ("LOSSLESS_SYMBOLS", lossless::SYMBOLS),
            ("LOSSLESS_BITS", lossless::BITS as usize),
            ("LOSSLESS_PAD", lossless::PAD),
            ("LOSSLESS_RECORDS", lossless::RECORDS),
            ("LOSSLESS_ROWS", lossless::ROWS),
            ("LOSSLESS_FEATURES", lossless::FEATURES),
            ("LOSSLESS_BATCH", lossless::BATCH),
            ("PHOTO_LANES", photo::LANES),
            ("PHOTO_LAG", photo::LAG),
            ("PHOTO_MARGIN", photo::MARGIN),
            ("PHOTO_CLASSES", photo::CLASSES),
            ("PHOTO_ROWS", photo::ROWS),
            ("PHOTO_TOKENS", photo::TOKENS),
            ("PHOTO_OWN", photo::OWN),
            ("PHOTO_OTHER", photo::OTHER),
            ("PHOTO_BITS", photo::BITS as usize),
            ("PHOTO_SIZES", photo::SIZES),
            ("PHOTO_PAD", photo::PAD),
            ("PHOTO_SHORT", photo::SHORT),
            ("PREDICT_COLUMNS", predict::COLUMNS),
            ("PREDICT_CLASSES", predict::CLASSES),
            ("PREDICT_PHASES", predict::PHASES),
            ("PREDICT_SYMBOLS", predict::SYMBOLS),
            ("PREDICT_BITS", predict::BITS as usize),
            ("PREDICT_LANES", predict::LANES),
            ("PREDICT_PAD", predict::PAD),
            ("PREDICT_SHORT", predict::SHORT),
            ("PREDICT_RANGE", predict::RANGE),
            ("RANS_LANES", RANS_LANES),
            ("RANS_PAD", RANS_PAD),
            ("RANS_SHORT", rans::SHORT),
            ("SCREEN_BLOCK", screen::BLOCK),
            ("SCREEN_MARGIN", screen::MARGIN),
            ("SCREEN_PALETTE", screen::PALETTE),
            ("SCREEN_DIRECT", screen::DIRECT),
            ("SCREEN_SETS", screen::SETS),
            ("SCREEN_INKS", screen::INKS),
            ("SCREEN_SCORES", screen::SCORES),
            ("SCREEN_PLACES", screen::PLACES),
            ("SCREEN_ROOM", screen::ROOM),
            ("SSIM_SIDE", UNIFORM_SIDE),
            ("SSIM_TAPS", GAUSSIAN_TAPS),
            ("CDF53", Filter::Cdf53 as usize),
            ("CDF97", Filter::Cdf97 as usize),
            ("HAAR", Filter::Haar as usize),
            ("WAVELET_MAX_LEVELS", WaveletPlanes::MAX_LEVELS),
        ];
        assert_eq!(constants(), ours);
    }
}
