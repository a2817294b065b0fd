//! Pictures made in the test.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should
#![allow(dead_code)]

use vaerans_io::{Picture, Samples};

/// A picture whose every sample is different from its neighbours, the same in every run.
pub fn picture(width: u32, height: u32, channels: u8, bits: u8) -> Picture {
    let count = width as usize * height as usize * usize::from(channels);
    let value = |i: usize| (i as u32).wrapping_mul(2_654_435_761) >> 16;
    let samples = if bits == 8 {
        Samples::U8((0..count).map(|i| value(i) as u8).collect())
    } else {
        Samples::U16((0..count).map(|i| value(i) as u16).collect())
    };
    Picture::new(samples, width, height, channels).unwrap()
}

/// The smallest block that passes for an ICC profile of this many channels.
pub fn profile(channels: u8) -> Vec<u8> {
    let mut icc = vec![7u8; 200];
    icc[0..4].copy_from_slice(&200u32.to_be_bytes());
    icc[16..20].copy_from_slice(if channels <= 2 { b"GRAY" } else { b"RGB " });
    icc[36..40].copy_from_slice(b"acsp");
    icc
}

/// An EXIF block that holds one tag: the orientation.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"II\x2a\0\x08\0\0\0\x01\0".to_vec();
    block.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    block.extend_from_slice(&[0; 4]);
    block
}
