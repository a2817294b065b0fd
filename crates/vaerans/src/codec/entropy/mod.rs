//! Entropy coding: interleaved rANS, tables, tokens of wide values, and a second coder behind the same trait.
//!
//! Everything here is a pure function of its arguments: the same symbols give the same bytes on every machine.
//!
//! ```
//! use vaerans::codec::entropy::{coder, Setting};
//! use vaerans::kernels::Kernels;
//! let (coder, kernels) = (coder("rans", Setting::Fast)?, Kernels::active());
//! let mut bytes = Vec::new();
//! coder.encode_u8(&kernels, b"abracadabra", &mut bytes)?;
//! let (symbols, used) = coder.decode_u8(&kernels, &bytes, 1 << 20)?;
//! assert_eq!((symbols.as_slice(), used), (&b"abracadabra"[..], bytes.len()));
//! # Ok::<(), vaerans::Error>(())
//! ```

pub(crate) mod bits;
#[cfg(feature = "constriction")]
pub mod constriction;
pub(crate) mod log2;
mod normal;
pub(crate) mod range;
pub mod rans;
mod rans_decode;
mod shape;
mod table;
pub mod token;

crate::registry::systems! {
    mod ans;
    mod predict;
}

pub use normal::Counts;

use crate::error::{Error, Quoted, Result};
use vaerans_kernels::Kernels;

/// Speed against precision of the probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Setting {
    /// 12-bit probabilities, one table look-up per symbol.
    #[default]
    Fast,
    /// 14-bit probabilities: for very uneven distributions, half as fast.
    Precise,
}

impl Setting {
    /// Bits of a probability.
    pub fn bits(self) -> u32 {
        match self {
            Setting::Fast => 12,
            Setting::Precise => 14,
        }
    }
}

/// A coder of symbols. Streams say how many symbols they hold and where they end.
pub trait Coder: Send + Sync {
    /// Its name: what users pass as `coder`.
    fn name(&self) -> &'static str;

    /// Appends a stream of bytes-as-symbols to `out`.
    ///
    /// # Errors
    /// `limit.symbols` from 2^32 symbols on.
    fn encode_u8(&self, kernels: &Kernels, symbols: &[u8], out: &mut Vec<u8>) -> Result<()>;

    /// Decodes the stream at the start of `bytes`; gives the symbols and the bytes consumed. Nothing is allocated for more than
    /// `max_symbols`.
    ///
    /// # Errors
    /// `stream.*` for damaged bytes, `limit.symbols` for too many symbols.
    fn decode_u8(&self, kernels: &Kernels, bytes: &[u8], max_symbols: u64) -> Result<(Vec<u8>, usize)>;

    /// Appends a stream of signed values, small magnitudes cheapest.
    ///
    /// # Errors
    /// As [`Coder::encode_u8`].
    fn encode_i32(&self, kernels: &Kernels, values: &[i32], out: &mut Vec<u8>) -> Result<()>;

    /// Decodes what [`Coder::encode_i32`] wrote.
    ///
    /// # Errors
    /// As [`Coder::decode_u8`].
    fn decode_i32(&self, kernels: &Kernels, bytes: &[u8], max_symbols: u64) -> Result<(Vec<i32>, usize)>;
}

/// A number of symbols that a stream claims.
fn check_count(count: u64, most: u64) -> Result<usize> {
    match count <= most.min(u32::MAX.into()) {
        true => Ok(count as usize),
        false => Err(Error::new("limit.symbols", format!("{count} symbols in a stream; at most {most}"))),
    }
}

/// The coder of a name: `rans`, or `constriction` where it is built in.
///
/// # Errors
/// `param.unknown` for another name, `unavailable.feature` for one that this build lacks.
pub fn coder(name: &str, setting: Setting) -> Result<Box<dyn Coder>> {
    match name {
        "rans" => Ok(Box::new(rans::Rans { setting })),
        #[cfg(feature = "constriction")]
        "constriction" => Ok(Box::new(constriction::Constriction)),
        #[cfg(not(feature = "constriction"))]
        "constriction" => Err(no_constriction()),
        _ => {
            Err(Error::new("param.unknown", format!("coder {}; there are \"rans\" and \"constriction\"", Quoted(name))))
        }
    }
}

#[cfg(not(feature = "constriction"))]
pub(crate) fn no_constriction() -> Error {
    let text = "coder \"constriction\" is not in this build; build with the Cargo feature `constriction`";
    Error::new("unavailable.feature", text)
}

/// The number of symbols as streams store it.
///
/// # Errors
/// `limit.symbols` from 2^32 on.
fn count_of(n: usize) -> Result<u32> {
    u32::try_from(n)
        .map_err(|_| Error::new("limit.symbols", format!("{n} symbols in one stream; at most {}", u32::MAX)))
}
