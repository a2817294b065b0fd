//! The profile `vae`: learned codecs. The one that ships works in layers ([`layered`]); of any other model the latent is coded
//! ([`latent`]).

pub mod latent;
#[cfg(all(feature = "encode", feature = "decode", feature = "network", feature = "predict"))]
pub mod layered;

pub use latent::Encoding;

use super::{Profile, LOSSLESS, MAX_ERROR, QUALITY};
use crate::registry::schema::{words, Param};

/// The profile.
pub static PROFILE: Profile = Profile {
    name: "vae",
    options: &[
        QUALITY,
        LOSSLESS,
        MAX_ERROR,
        super::TARGET_BYTES,
        super::TARGET_PSNR,
        Param::flag("fallback", true, "take the profile photo where the model does worse at equal bytes"),
    ],
    summary: words("a learned codec: small pictures of photos at low rates"),
};
