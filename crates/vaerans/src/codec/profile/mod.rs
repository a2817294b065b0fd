//! Profiles: what `compress` does by name. A profile's options are parameters like those of a system, so that they travel the
//! same way through every language; its rules turn them into steps, from tables, so that every machine takes the same ones.

pub mod photo;
pub mod vae;

use crate::component::{Params, Value};
use crate::ecs::{Native, Step};
use crate::error::{Error, Names, Quoted, Result};
use crate::registry::schema::{complete, Giver, Param};
use crate::registry::Entry;

/// A profile.
#[derive(Debug)]
pub struct Profile {
    /// Its name.
    pub name: &'static str,
    /// What it can be asked for.
    pub options: &'static [Param],
    /// One line for people.
    pub summary: &'static str,
}

/// Every profile; the first is the default.
pub static PROFILES: &[&Profile] = &[&photo::PROFILE, &vae::PROFILE];

/// Options that every profile has.
const QUALITY: Param = Param::int("quality", 75, 0, 100, "0 smallest to 100 best");
const LOSSLESS: Param = Param::flag("lossless", false, "every sample comes back; quality is then without effect");
const MAX_ERROR: Param = Param::int("max_error", 0, 0, 65535, "largest error of a sample; 0 is lossless").optional();

const TARGET_BYTES: Param =
    Param::int("target_bytes", 0, 1, 1 << 40, "largest file: the best quality that fits").optional();
const TARGET_PSNR: Param =
    Param::float("target_psnr", 0.0, 1.0, 100.0, "least PSNR in dB: the smallest file that reaches it").optional();

/// What a file is to be like instead of a quality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// At most so many bytes.
    Bytes(usize),
    /// At least so many dB.
    Psnr(f64),
}

impl Target {
    /// Of options that are complete.
    ///
    /// # Errors
    /// `param.range` for two targets.
    pub fn of(asked: &Params) -> Result<Option<Target>> {
        let bytes = asked.get("target_bytes").map(|_| Target::Bytes(asked.int("target_bytes") as usize));
        let psnr = match asked.get("target_psnr") {
            Some(Value::Float(least)) => Some(Target::Psnr(*least)),
            Some(Value::Int(least)) => Some(Target::Psnr(*least as f64)),
            _ => None,
        };
        match (bytes, psnr) {
            (Some(_), Some(_)) => Err(Error::new("param.range", "target_bytes and target_psnr; one of the two")),
            (bytes, psnr) => Ok(bytes.or(psnr)),
        }
    }
}

/// Key of the stream that bounds the error.
const RESIDUAL: &str = "ResidualBitstream";

/// The profile of a name.
///
/// # Errors
/// `param.unknown`.
pub fn find(name: &str) -> Result<&'static Profile> {
    PROFILES.iter().copied().find(|p| p.name == name).ok_or_else(|| {
        let names: Vec<_> = PROFILES.iter().map(|p| p.name).collect();
        Error::new("param.unknown", format!("profile={}; one of {}", Quoted(name), Names(&names)))
    })
}

impl Profile {
    /// Options, checked, with defaults.
    ///
    /// # Errors
    /// `param.*`.
    pub fn complete(&self, given: &Params) -> Result<Params> {
        complete(&format!("profile {}", self.name), self.options, given, Giver::User)
    }
}

/// A forward step with these parameters.
pub(super) fn forward(entry: &'static Entry, params: Params) -> Result<Step> {
    Native::forward(entry, &params).map(Step::Native)
}

/// What a picture is asked to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    /// Quality 0..=100.
    Lossy(u8),
    /// Quality 0..=100, and no sample off by more than this.
    Bounded(u8, u32),
    /// Every sample.
    Lossless,
}

impl Fidelity {
    /// Of options that are complete.
    ///
    /// # Errors
    /// `param.range` for `lossless` with a larger error.
    pub fn of(options: &Params) -> Result<Fidelity> {
        let quality = options.int("quality") as u8;
        let bound = options.get("max_error").map(|_| options.int("max_error") as u32);
        match (options.flag("lossless"), bound) {
            (true, None | Some(0)) | (false, Some(0)) => Ok(Fidelity::Lossless),
            (true, Some(k)) => Err(Error::new("param.range", format!("lossless with max_error={k}; one of the two"))),
            (false, Some(k)) => Ok(Fidelity::Bounded(quality, k)),
            (false, None) => Ok(Fidelity::Lossy(quality)),
        }
    }

    /// The quality that is asked for; without effect, and none, where every sample comes back.
    pub fn quality(self) -> Option<u8> {
        match self {
            Fidelity::Lossy(quality) | Fidelity::Bounded(quality, _) => Some(quality),
            Fidelity::Lossless => None,
        }
    }

    /// The largest error of a sample, where it is bounded.
    pub fn bound(self) -> Option<u32> {
        match self {
            Fidelity::Lossy(_) => None,
            Fidelity::Bounded(_, bound) => Some(bound),
            Fidelity::Lossless => Some(0),
        }
    }
}
