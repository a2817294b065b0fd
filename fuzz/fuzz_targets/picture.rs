//! Readers of JPEG, PNG, WebP and TIFF: arbitrary bytes give a picture within the limits or an error, never a panic of ours.
#![no_main]

use std::panic;
use std::process::abort;
use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use vaerans_fuzz::LIMITS;
use vaerans_io::{decode_with, encode, DecodeOptions, Format, Picture, WriteOptions};

/// A panic of a library below is caught by the reader, and is an error to its caller: only those of our own end the run.
fn ours_alone() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        panic::set_hook(Box::new(|info| {
            if info.location().is_none_or(|at| !at.file().contains("/registry/")) {
                eprintln!("{info}");
                abort();
            }
        }));
    });
}

fn check(picture: &Picture) {
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    assert!(pixels <= LIMITS.max_pixels && picture.samples.len() as u64 == pixels * u64::from(picture.channels));
    assert!((1..=8).contains(&picture.orientation) && picture.frames >= 1);
    let again = encode(picture, Format::Png, &WriteOptions::default()).expect("PNG holds every picture");
    let options = DecodeOptions { limits: vaerans_io::Limits::default(), ..DecodeOptions::default() };
    let back = decode_with(&again, &options).expect("what was written is read");
    assert_eq!((&back.samples, back.orientation), (&picture.samples, picture.orientation));
}

fuzz_target!(|data: &[u8]| {
    ours_alone();
    let options = |allow_damaged| DecodeOptions { limits: LIMITS, allow_damaged };
    let whole = decode_with(data, &options(false));
    let saved = decode_with(data, &options(true));
    if let Ok(picture) = &whole {
        assert!(picture.damage.is_none());
        check(picture);
        assert_eq!(whole, saved, "what is whole is the same with and without");
    } else if let Ok(picture) = &saved {
        assert!(picture.damage.is_some());
        check(picture);
    }
});
