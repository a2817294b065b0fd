//! How targets decode pictures.

use crate::{both, LIMITS};
use vaerans::codec::open::{DecodeOptions, Opened};
use vaerans::codec::tile::Image;
use vaerans::kernels::Kernels;
use vaerans::rect::Rect;
use vaerans::wire::{Limits, Slice};
use vaerans::{Result, REGISTRY};

/// The picture of a file.
pub fn picture(kernels: Kernels, bytes: &[u8], options: &DecodeOptions) -> Result<Image> {
    picture_within(kernels, bytes, options, &LIMITS)
}

/// The same, within other limits.
pub fn picture_within(kernels: Kernels, bytes: &[u8], options: &DecodeOptions, limits: &Limits) -> Result<Image> {
    let source = Slice(bytes);
    Opened::new(&source, &REGISTRY, limits)?.picture(kernels, options)
}

/// Decodes with options that a byte chooses: a picture or an error, the same with all kernels.
pub fn decode(bytes: &[u8], choice: u8) {
    let options = DecodeOptions {
        threads: Some(1 + usize::from(choice & 1)),
        levels: (choice & 2 != 0).then_some(usize::from(choice >> 3 & 3)),
        reduce: u32::from(choice >> 6),
        region: (choice & 32 != 0).then_some(Rect { x: 1, y: 2, width: 1 + usize::from(choice), height: 5 }),
        allow_truncated: choice & 4 != 0,
        rgba: choice & 12 == 12,
    };
    let codes: Vec<_> = both().iter().map(|&k| picture(k, bytes, &options).map(drop).map_err(|e| e.code())).collect();
    // Behind a forged quantiser floats may be NaN, whose conversion need not agree: only whether it works.
    assert_eq!(codes.first(), codes.last());
}
