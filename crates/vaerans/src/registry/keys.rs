//! Store keys: under which names components stand in a world, and what they mean.

use crate::component::Kind;

/// A store key that this library gives a meaning to. Any other key holds a [`Kind::Foreign`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What stands under it.
    pub kind: Kind,
    /// Number in files; 0: written as text.
    pub number: u8,
    /// Attribute of a world in Python: `world.rgb`; empty: `world.store(key)` alone.
    pub store: &'static str,
    /// Class of the component in Python.
    pub class: &'static str,
}

/// What an inverse of the steps behind an image leaves, where the image itself stands under [`IMAGE`].
pub const RECON: &str = "ReconRGB";
/// The image of an entity.
pub const IMAGE: &str = "RGB";
/// What an entropy coder makes.
pub const BITSTREAM: &str = "Bitstream";

const fn key(name: &'static str, kind: Kind, number: u8, store: &'static str, class: &'static str) -> Key {
    Key { name, kind, number, store, class }
}

/// Every key with a meaning.
pub static KEYS: &[Key] = &[
    key(IMAGE, Kind::Image, 1, "rgb", "RGB"),
    key(RECON, Kind::Image, 2, "recon", "ReconRGB"),
    key("Planes", Kind::Planes, 3, "planes", "Planes"),
    key("Latent4", Kind::Latent, 4, "latent", "Latent4"),
    key("YUVW4", Kind::Yuvw, 5, "yuvw", "YUVW4"),
    key("WaveletPyr", Kind::Wavelet, 6, "wavelet", "WaveletPyr"),
    key("SymbolsU8", Kind::Symbols, 7, "symbols", "SymbolsU8"),
    key("Residual", Kind::Residual, 8, "residual", "Residual"),
    key("BlurRGB", Kind::Image, 9, "blur", "BlurRGB"),
    key(BITSTREAM, Kind::Bitstream, 10, "bitstream", "ANSBitstream"),
    key("ResidualRGB", Kind::Residual, 11, "", "Residual"),
    key("PSNR", Kind::Scalar, 12, "", "Scalar"),
    key("SSIM", Kind::Scalar, 13, "", "Scalar"),
    key("MSSSIM", Kind::Scalar, 14, "", "Scalar"),
    key("Alpha", Kind::Image, 15, "", "RGB"),
];

/// The key of a name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|k| k.name == name)
}

/// What a component under `name` is, unless it is said.
pub fn kind_of(name: &str) -> Kind {
    find(name).map_or(Kind::Foreign, |k| k.kind)
}

/// The key of what a step gives back that was applied to what stood under `name`.
pub fn undone(name: &str) -> &str {
    if name == IMAGE {
        RECON
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_stores_are_unique() {
        for (i, a) in KEYS.iter().enumerate() {
            for b in &KEYS[..i] {
                assert!(a.name != b.name && a.number != b.number, "{} {}", a.name, b.name);
                assert!(a.store.is_empty() || a.store != b.store, "{}", a.store);
            }
        }
    }
}
