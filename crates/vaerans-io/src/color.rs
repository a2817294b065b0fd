//! Colours that no picture of ours has.

/// RGB from ink by the plain formula.
pub(crate) fn cmyk_to_rgb([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    [c, m, y].map(|ink| ink_to_light(ink.into(), k.into(), 255) as u8)
}

/// `(most - ink) * (most - black) / most`, the shadow of the ink rounded.
pub(crate) fn ink_to_light(ink: u32, black: u32, most: u32) -> u32 {
    let light = u64::from(most - black);
    (light - (light * u64::from(ink) + u64::from(most) / 2) / u64::from(most)) as u32
}
