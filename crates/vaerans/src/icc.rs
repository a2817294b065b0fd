//! ICC profiles: which colour space the samples of one have (ICC.1:2022, 7.2). This is all that the codec knows of them.

use crate::error::{Error, Result};

/// Name of the colour space, as a profile's header holds it; none where the bytes are no profile.
pub fn colour_space(profile: &[u8]) -> Option<&[u8]> {
    let is_profile = profile.len() >= 128 && profile.get(36..40) == Some(b"acsp");
    profile.get(16..20).filter(|_| is_profile)
}

/// What is wrong with a profile whose colour space is not that of a picture of so many channels. Nothing is said of bytes that are
/// no profile, nor of what is no picture (0 channels).
pub fn mismatch(profile: &[u8], channels: usize) -> Option<String> {
    let (expected, is): (&[u8], _) = if channels <= 2 { (b"GRAY", "grey") } else { (b"RGB ", "RGB") };
    let space = colour_space(profile).filter(|space| channels > 0 && *space != expected)?;
    // Not escaped by the standard library: its tables of all characters are 2 KB of the encoder's wasm module.
    let name: String =
        space.trim_ascii_end().iter().map(|&b| if b.is_ascii_graphic() { b.into() } else { '?' }).collect();
    Some(format!("the ICC profile is for {name}, the picture is {is}"))
}

/// Refuses a profile that does not belong to a picture of so many channels: [`mismatch`].
///
/// # Errors
/// `param.metadata`.
pub fn check(profile: &[u8], channels: usize) -> Result<()> {
    match mismatch(profile, channels) {
        Some(text) => Err(Error::new("param.metadata", text + ": leave it out, or convert the picture")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(space: &[u8; 4]) -> Vec<u8> {
        let mut out = vec![0; 128];
        out[16..20].copy_from_slice(space);
        out[36..40].copy_from_slice(b"acsp");
        out
    }

    #[test]
    fn a_profile_is_for_grey_or_for_colour() {
        for (space, fits) in [(b"GRAY", [1, 2].as_slice()), (b"RGB ", &[3, 4]), (b"CMYK", &[]), (b"Lab ", &[])] {
            for channels in 1..=4 {
                let result = check(&profile(space), channels);
                assert_eq!(result.is_ok(), fits.contains(&channels), "{space:?} {channels}");
                assert!(result.is_ok() || result.unwrap_err().code() == "param.metadata");
            }
            assert!(check(&profile(space), 0).is_ok(), "no picture");
        }
        let text = check(&profile(b"CM\x1b\xFF"), 3).unwrap_err();
        assert!(text.message().contains("for CM??,"), "{text}");
    }

    #[test]
    fn bytes_that_are_no_profile_say_nothing() {
        for bytes in [&b""[..], b"profile", &[0; 200], &profile(b"CMYK")[..127]] {
            assert_eq!(colour_space(bytes), None);
            assert!(check(bytes, 3).is_ok());
        }
    }
}
