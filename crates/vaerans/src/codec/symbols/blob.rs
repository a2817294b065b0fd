//! One sequence of symbols as bytes, by whichever coder a step names; the reader knows the count.

use crate::codec::entropy::rans::{self, Count};
use crate::codec::entropy::{token, Coder, Counts, Setting};
use crate::error::{Error, Quoted, Result};
use crate::wire::Reader;
use vaerans_kernels::Kernels;

/// A coder and its precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Our interleaved rANS.
    Rans(Setting),
    /// The `constriction` crate's.
    Constriction,
}

impl Coding {
    /// The coder of these parameters.
    ///
    /// # Errors
    /// `param.range` for unknown names, `unavailable.feature` for a coder this build lacks.
    pub fn new(name: &str, setting: &str) -> Result<Coding> {
        match (name, setting) {
            ("rans", "fast") => Ok(Coding::Rans(Setting::Fast)),
            ("rans", "precise") => Ok(Coding::Rans(Setting::Precise)),
            ("constriction", "fast" | "precise") => constriction().map(|_| Coding::Constriction),
            ("rans" | "constriction", _) => {
                Err(Error::new("param.range", format!("setting={}; \"fast\" or \"precise\"", Quoted(setting))))
            }
            _ => Err(Error::new("param.range", format!("coder={}; \"rans\" or \"constriction\"", Quoted(name)))),
        }
    }

    /// Appends bytes-as-symbols.
    pub fn encode_u8(self, k: &Kernels, symbols: &[u8], out: &mut Vec<u8>) -> Result<()> {
        match self {
            Coding::Rans(setting) => rans::encode_u8(k, symbols, setting, Count::Known, out),
            Coding::Constriction => constriction()?.encode_u8(k, symbols, out),
        }
    }

    /// Appends signed values.
    pub fn encode_i32(self, k: &Kernels, values: &[i32], out: &mut Vec<u8>) -> Result<()> {
        match self {
            Coding::Rans(setting) => token::encode_i32(k, values, setting, Count::Known, out),
            Coding::Constriction => constriction()?.encode_i32(k, values, out),
        }
    }

    /// The table of the sequence that `r` stands at.
    pub fn table(self, r: Reader) -> Result<(u32, Counts)> {
        match self {
            Coding::Rans(_) => rans::table(r),
            #[cfg(feature = "constriction")]
            Coding::Constriction => crate::codec::entropy::constriction::table(r),
            #[cfg(not(feature = "constriction"))]
            Coding::Constriction => Err(crate::codec::entropy::no_constriction()),
        }
    }

    /// Reads `n` bytes-as-symbols.
    pub fn decode_u8(self, k: &Kernels, r: &mut Reader, n: usize) -> Result<Vec<u8>> {
        match self {
            Coding::Rans(_) => rans::decode_u8(k, r, Some(n), n as u64),
            Coding::Constriction => read_by_constriction(r, n, |c, bytes| c.decode_u8(k, bytes, n as u64)),
        }
    }

    /// Reads as many signed values as `values` has room for.
    pub fn decode_i32_into(self, k: &Kernels, r: &mut Reader, values: &mut [i32]) -> Result<()> {
        match self {
            Coding::Rans(_) => token::decode_i32_into(k, r, values),
            Coding::Constriction => {
                values.copy_from_slice(&self.decode_i32(k, r, values.len())?);
                Ok(())
            }
        }
    }

    /// Reads `n` signed values.
    pub fn decode_i32(self, k: &Kernels, r: &mut Reader, n: usize) -> Result<Vec<i32>> {
        match self {
            Coding::Rans(_) => token::decode_i32(k, r, Some(n), n as u64),
            Coding::Constriction => read_by_constriction(r, n, |c, bytes| c.decode_i32(k, bytes, n as u64)),
        }
    }
}

/// The second coder, where it is built in.
#[cfg(feature = "constriction")]
fn constriction() -> Result<Box<dyn Coder>> {
    crate::codec::entropy::coder("constriction", Setting::Fast)
}

#[cfg(not(feature = "constriction"))]
fn constriction() -> Result<&'static dyn Coder> {
    Err(crate::codec::entropy::no_constriction())
}

/// Reads a sequence of `n` that the second coder wrote. Its place says how long it is: another length is the file's fault, and
/// no limit that anybody could raise.
#[cfg(feature = "constriction")]
fn read_by_constriction<T>(
    r: &mut Reader,
    n: usize,
    decode: impl FnOnce(&dyn Coder, &[u8]) -> Result<(Vec<T>, usize)>,
) -> Result<Vec<T>> {
    let (values, used) = match decode(&*constriction()?, r.clone().rest()) {
        Err(error) if error.code() == "limit.symbols" => return Err(r.invalid(error.message())),
        found => found?,
    };
    r.bytes(used)?;
    match values.len() == n {
        true => Ok(values),
        false => Err(r.invalid(&format!("a sequence of {} symbols, {n} expected", values.len()))),
    }
}

#[cfg(not(feature = "constriction"))]
fn read_by_constriction<T>(
    _: &mut Reader,
    _: usize,
    _: impl FnOnce(&dyn Coder, &[u8]) -> Result<(Vec<T>, usize)>,
) -> Result<Vec<T>> {
    Err(crate::codec::entropy::no_constriction())
}
