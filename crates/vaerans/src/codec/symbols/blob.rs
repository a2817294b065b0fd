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
            Coding::Constriction => {
                let found = constriction()?.decode_u8(k, r.clone().rest(), n as u64);
                let (symbols, used) = found.map_err(|e| more_than(n, e))?;
                r.bytes(used)?;
                expect(r, symbols, n)
            }
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
            Coding::Constriction => {
                let found = constriction()?.decode_i32(k, r.clone().rest(), n as u64);
                let (values, used) = found.map_err(|e| more_than(n, e))?;
                r.bytes(used)?;
                expect(r, values, n)
            }
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

/// The place of a sequence says how long it is: more is the file's fault, and no limit that anybody could raise.
fn more_than(n: usize, error: Error) -> Error {
    match error.code() {
        "limit.symbols" => Error::new("stream.invalid", format!("{}; {n} expected", error.message())),
        _ => error,
    }
}

fn expect<T>(r: &Reader, values: Vec<T>, n: usize) -> Result<Vec<T>> {
    match values.len() == n {
        true => Ok(values),
        false => Err(r.invalid(&format!("a sequence of {} symbols, {n} expected", values.len()))),
    }
}
