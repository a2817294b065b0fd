//! Trains what the profile `photo` ships: `tools/train_tables` runs this program on pictures that it unpacked.
//!
//!     vaerans-train PART PHOTOS RESULT      PHOTOS: a folder of binary PPM files; RESULT: the file to write

mod filter;
mod lossless;
mod lossy;
mod ppm;

use std::path::Path;
use std::process::ExitCode;

/// A part of the profile: its name, and what trains it.
type Part = (&'static str, fn(&[ppm::Picture], &Path) -> std::io::Result<()>);

/// Every part.
const PARTS: &[Part] = &[
    ("lossy", lossy::lossy),
    ("reversible", lossy::reversible),
    ("lossless", lossless::train),
    ("lossy-rate", lossy::rate),
    ("filter", filter::train),
    ("filter-rate", filter::rate),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [part, photos, result] = &args[..] else { return usage() };
    let Some((_, train)) = PARTS.iter().find(|(name, _)| name == part) else { return usage() };
    match ppm::folder(Path::new(photos)).and_then(|pictures| train(&pictures, Path::new(result))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
    eprintln!("vaerans-train PART PHOTOS RESULT; PART is one of {}", names.join(", "));
    ExitCode::from(2)
}
