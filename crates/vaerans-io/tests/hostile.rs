//! Files that are cut, changed or lie about their size: an error with its code, never a panic, never much memory.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::picture;
use vaerans_io::{decode, encode, Error, Format, Limits, WriteOptions};

const FORMATS: [Format; 4] = [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff];
const CODES: [&str; 5] =
    ["data.image_format", "data.image_damaged", "data.image_kind", "limit.dimensions", "limit.metadata"];

fn file(format: Format) -> Vec<u8> {
    encode(&picture(40, 30, 3, 8), format, &WriteOptions::default()).unwrap()
}

/// An error with a code, and none that a panic was turned into.
fn is_an_answer(error: &Error) {
    assert!(CODES.contains(&error.code()) && !error.message().contains("gave up"), "{error}");
}

#[test]
fn a_cut_file_is_an_error_unless_all_samples_are_there() {
    for format in FORMATS {
        let whole = file(format);
        let clean = decode(&whole, &Limits::default()).unwrap();
        let mut accepted = 0;
        for length in 0..whole.len() {
            match decode(&whole[..length], &Limits::default()) {
                Err(error) => is_an_answer(&error),
                // A PNG's last checksums and its end chunk follow the samples.
                Ok(picture) => {
                    assert!(picture == clean, "{format:?} at {length}: other samples, no error");
                    accepted += 1;
                }
            }
        }
        assert!(accepted <= 24, "{format:?}: {accepted} cuts went unnoticed");
    }
}

#[test]
fn a_cut_jpeg_says_so_even_with_a_thumbnail_inside() {
    let mut p = picture(40, 30, 3, 8);
    // An EXIF thumbnail brings an end-of-image marker of its own.
    p.exif = Some(b"II\x2a\0\x08\0\0\0\0\0\0\0\xff\xd8\xff\xd9".to_vec());
    let whole = encode(&p, Format::Jpeg, &WriteOptions::default()).unwrap();
    assert!(decode(&whole, &Limits::default()).is_ok());
    let error = decode(&whole[..whole.len() - 200], &Limits::default()).unwrap_err();
    assert_eq!(error.code(), "data.image_damaged");
    assert!(error.message().contains("cut short"), "{error}");
}

#[test]
fn bytes_after_a_jpeg_do_not_matter() {
    let mut whole = file(Format::Jpeg);
    let clean = decode(&whole, &Limits::default()).unwrap();
    whole.extend_from_slice(b"camera maker's trailer");
    assert_eq!(decode(&whole, &Limits::default()).unwrap(), clean);
}

#[test]
fn changed_bytes_never_panic() {
    for format in FORMATS {
        let whole = file(format);
        let mut state = 0x9e37_79b9_u32;
        for _ in 0..600 {
            let mut changed = whole.clone();
            for _ in 0..3 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % changed.len();
                changed[at] ^= 1 << (state & 7);
            }
            if let Err(error) = decode(&changed, &Limits::default()) {
                is_an_answer(&error);
            }
        }
    }
}

/// A PNG whose header alone states the size; there is no picture behind it.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let writer = png::Encoder::new(&mut out, width, height).write_header();
    std::mem::forget(writer.unwrap());
    out
}

#[test]
fn a_size_beyond_the_limits_is_refused_before_anything_is_decoded() {
    let cases = [(1 << 21, 1, "1048576 a side"), (1 << 17, 1 << 17, "raise max_pixels")];
    for (width, height, name) in cases {
        let mut lying = file(Format::Png);
        lying.splice(0..33, png_header(width, height)[..33].to_vec());
        let error = decode(&lying, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), "limit.dimensions", "{error}");
        assert!(error.message().contains(name), "{error}");
    }
    for format in FORMATS {
        let bytes = file(format);
        let tight = Limits { max_pixels: 1199, ..Limits::default() };
        assert_eq!(decode(&bytes, &tight).unwrap_err().code(), "limit.dimensions");
        let exact = Limits { max_pixels: 1200, ..Limits::default() };
        assert!(decode(&bytes, &exact).is_ok());
    }
}

#[test]
fn memory_beyond_the_limit_is_refused() {
    for format in FORMATS {
        // What is decoded, and what its reader holds beside it: no reader here takes more than 16 bytes a pixel.
        let bytes = file(format);
        let tight = Limits { max_bytes: bytes.len().max(40 * 30 * 3 - 1) as u64, ..Limits::default() };
        let error = decode(&bytes, &tight).unwrap_err();
        assert!(error.code() == "limit.memory" && error.message().contains("raise max_bytes"), "{error}");
        let enough = Limits { max_bytes: (bytes.len() + 40 * 30 * 16) as u64, ..Limits::default() };
        assert!(decode(&bytes, &enough).is_ok());
    }
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let tight = Limits { max_bytes: 100, ..Limits::default() };
    assert_eq!(decode(&[0; 101], &tight).unwrap_err().code(), "limit.file_size");
}

#[test]
fn bytes_of_no_known_format_are_named() {
    for bytes in [&b""[..], b"GIF89a", b"vrn?", &[0; 64]] {
        let error = decode(bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), "data.image_format");
    }
}
