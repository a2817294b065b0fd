//! The registry: one line per transform, quantiser, coder and metric.
//!
//! A line names a file. The file holds the system and one `ENTRY`; from it follow the number in
//! files, the names in Python and JavaScript, the row in the docs, the round-trip law and the
//! benchmark. Numbers are never used again; 0x8000 to 0xFFFF are for systems of users.

use crate::component::{Kind, Params};
use crate::ecs::{Catalog, System};
use crate::error::{Error, Names, Quoted, Result};
use std::sync::Arc;

/// First number of the private range.
pub const PRIVATE: u16 = 0x8000;

/// What sort of step an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Colour transforms.
    Color,
    /// Channel and spatial transforms.
    Transform,
    /// Quantisers.
    Quantizer,
    /// Entropy coders.
    Coder,
    /// Learned analysis and synthesis, run by the home.
    Network,
    /// Filters and residuals beside the main path.
    Filter,
    /// Quality metrics.
    Metric,
}

/// Which of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Samples towards bytes (and everything that has no inverse).
    Forward,
    /// Bytes towards samples.
    Inverse,
}

/// The error of a step in the direction that this build leaves out (features `encode` and `decode`).
#[cfg(not(all(feature = "encode", feature = "decode")))]
pub(crate) fn left_out() -> Error {
    Error::new("unavailable.feature", "this build only encodes, or only decodes")
}

/// Builds a system, or says what is wrong with its parameters.
pub type Build = fn(Direction, &Params) -> Result<Arc<dyn System>>;

/// The builder of a system that the profile `photo` does without: a build without the feature `extra` knows its name alone.
pub const fn extra(build: Build) -> Option<Build> {
    if cfg!(feature = "extra") {
        Some(build)
    } else {
        None
    }
}

/// A line of the registry.
pub struct Entry {
    /// Number in files.
    pub number: u16,
    /// Public class name of the forward system.
    pub name: &'static str,
    /// Public class name of its inverse; none where there is no inverse.
    pub inverse_name: Option<&'static str>,
    /// What sort of step.
    pub family: Family,
    /// Kinds the forward system takes.
    pub takes: &'static [Kind],
    /// Kind it gives.
    pub gives: Kind,
    /// Store key of what it gives.
    pub key: &'static str,
    /// Builds it; none for systems that only a home can run.
    pub build: Option<Build>,
    /// One line for people.
    pub summary: &'static str,
}

/// The methods of `System` that a file's `ENTRY`, its `build` and the system's field `direction` decide: name, number,
/// inputs, types and the inverse of a pair that reads the cursor. Stands inside `impl System for ...`.
macro_rules! paired {
    () => {
        fn name(&self) -> &'static str {
            match (self.direction, ENTRY.inverse_name) {
                (crate::codec::registry::Direction::Inverse, Some(name)) => name,
                _ => ENTRY.name,
            }
        }

        fn number(&self) -> u16 {
            ENTRY.number
        }

        fn needs(&self) -> Vec<crate::ecs::Need> {
            match self.direction {
                crate::codec::registry::Direction::Forward => vec![crate::ecs::Need::cursor(ENTRY.takes)],
                crate::codec::registry::Direction::Inverse => vec![crate::ecs::Need::cursor(&[ENTRY.gives])],
            }
        }

        fn infer(&self, inputs: &[crate::ecs::Ty]) -> crate::error::Result<crate::ecs::Ty> {
            match self.direction {
                crate::codec::registry::Direction::Forward => {
                    Ok(inputs[0].forward(ENTRY.number, ENTRY.name, ENTRY.key, ENTRY.gives))
                }
                crate::codec::registry::Direction::Inverse => inputs[0].inverse(ENTRY.number, self.name()),
            }
        }

        fn inverse(&self) -> crate::error::Result<std::sync::Arc<dyn crate::ecs::System>> {
            build(crate::codec::registry::Direction::Inverse, &self.params())
        }
    };
}

macro_rules! registry {
    ($($(#[$on:meta])? $path:literal $module:ident;)*) => {
        $( $(#[$on])? #[path = $path] pub mod $module; )*
        /// Every entry, by family, then number.
        pub static REGISTRY: &[&Entry] = &[$($(#[$on])? &$module::ENTRY,)*];
    };
}

registry! {
    "color.rs" color;
    "transform/hadamard.rs" hadamard;
    "transform/wavelet_cdf53.rs" wavelet_cdf53;
    "transform/wavelet_cdf97.rs" wavelet_cdf97;
    "transform/wavelet_haar.rs" wavelet_haar;
    "network/onnx.rs" onnx_vae;
    "network/pil.rs" pil_vae;
    "residual.rs" residual;
    "quantize/uniform.rs" uniform;
    "quantize/dead_zone.rs" dead_zone;
    "entropy/ans.rs" ans;
    #[cfg(feature = "extra")]
    "blur.rs" blur;
    #[cfg(feature = "extra")]
    "metric/psnr.rs" psnr;
    #[cfg(feature = "extra")]
    "metric/ssim.rs" ssim;
    #[cfg(feature = "extra")]
    "metric/msssim.rs" msssim;
}

/// The entry of a file's number.
pub fn by_number(number: u16) -> Option<&'static Entry> {
    REGISTRY.iter().copied().find(|e| e.number == number)
}

/// The entry and direction of a public class name.
///
/// # Errors
/// `param.unknown` with the names there are.
pub fn by_name(name: &str) -> Result<(&'static Entry, Direction)> {
    let found = REGISTRY.iter().copied().find_map(|e| match () {
        _ if e.name == name => Some((e, Direction::Forward)),
        _ if e.inverse_name == Some(name) => Some((e, Direction::Inverse)),
        _ => None,
    });
    found.ok_or_else(|| {
        let names: Vec<_> = REGISTRY.iter().map(|e| e.name).collect();
        Error::new("param.unknown", format!("no system is called {}; there are {}", Quoted(name), Names(&names)))
    })
}

/// Builds the system of a public class name.
///
/// # Errors
/// `param.*` for unknown names or wrong parameters, `unavailable.feature` for systems of a home.
pub fn build(name: &str, params: &Params) -> Result<Arc<dyn System>> {
    let (entry, direction) = by_name(name)?;
    let build = entry.build.ok_or_else(|| {
        Error::new("unavailable.feature", format!("{name} runs only where the home provides it (Python: onnxruntime)"))
    })?;
    build(direction, params).map_err(|e| e.at(name))
}

/// The registry as what a plan asks for hints.
pub static CATALOG: Registered = Registered;

/// The type of [`CATALOG`].
pub struct Registered;

impl Catalog for Registered {
    fn makers_of_key(&self, key: &str) -> Vec<&'static str> {
        let inverse_makes = |e: &Entry| matches!((key, e.family), ("ReconRGB", Family::Network | Family::Color));
        let name = |e: &&'static Entry| match () {
            _ if e.key == key => Some(e.name),
            _ if inverse_makes(e) => e.inverse_name,
            _ => None,
        };
        REGISTRY.iter().filter_map(name).collect()
    }

    fn makers(&self, kinds: &[Kind], from: Kind) -> Vec<&'static str> {
        let forward = |e: &&&'static Entry| kinds.contains(&e.gives) && e.takes.contains(&from);
        let inverse = |e: &&'static Entry| {
            let undoes = e.gives == from && e.takes.iter().any(|k| kinds.contains(k));
            e.inverse_name.filter(|_| undoes)
        };
        let forwards = REGISTRY.iter().filter(forward).map(|e| e.name);
        forwards.chain(REGISTRY.iter().filter_map(inverse)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique() {
        let mut numbers = std::collections::HashSet::new();
        let mut names = std::collections::HashSet::new();
        for e in REGISTRY {
            assert!(numbers.insert(e.number) && e.number < PRIVATE && e.number != 0, "{}", e.name);
            assert!(names.insert(e.name), "{}", e.name);
            assert!(e.inverse_name.is_none_or(|n| names.insert(n)), "{}", e.name);
        }
    }
}
