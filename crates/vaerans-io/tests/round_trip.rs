//! Every kind of picture through every format that holds it.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::{exif, picture, profile};
use vaerans_io::{decode, encode, Format, Limits, Samples, WriteOptions};

fn through(p: &vaerans_io::Picture, format: Format) -> vaerans_io::Picture {
    let file = encode(p, format, &WriteOptions::default()).unwrap();
    assert_eq!(Format::of_bytes(&file), Some(format));
    decode(&file, &Limits::default()).unwrap()
}

#[test]
fn png_and_tiff_keep_every_sample_icc_and_orientation() {
    for format in [Format::Png, Format::Tiff] {
        for channels in 1..=4 {
            for bits in [8, 16] {
                for (width, height) in [(1, 1), (7, 5), (64, 3), (3, 400)] {
                    let mut p = picture(width, height, channels, bits);
                    p.icc = Some(profile(channels));
                    p.exif = (format == Format::Png).then(|| exif(6));
                    p.orientation = 6;
                    assert_eq!(through(&p, format), p, "{format:?} {channels} {bits} {width}x{height}");
                }
            }
        }
    }
}

#[test]
fn webp_keeps_colour_exactly_and_widens_grey() {
    for channels in [3, 4] {
        let mut p = picture(19, 11, channels, 8);
        p.icc = Some(profile(channels));
        p.exif = Some(exif(3));
        p.orientation = 3;
        assert_eq!(through(&p, Format::WebP), p);
    }
    let back = through(&picture(19, 11, 1, 8), Format::WebP);
    let (Samples::U8(grey), Samples::U8(rgb)) = (picture(19, 11, 1, 8).samples, back.samples) else {
        panic!("8 bits went in");
    };
    assert_eq!(back.channels, 3);
    assert!(rgb.chunks(3).zip(&grey).all(|(pixel, g)| pixel == [*g; 3]));
}

#[test]
fn jpeg_is_close_and_keeps_icc_exif_orientation() {
    for channels in [1u8, 3] {
        let mut p = picture(32, 24, channels, 8);
        let ramp = (0..p.samples.len()).map(|i| (i / usize::from(channels) % 32 * 8) as u8);
        p.samples = Samples::U8(ramp.collect());
        p.icc = Some(profile(channels));
        p.exif = Some(exif(8));
        p.orientation = 8;
        let back = through(&p, Format::Jpeg);
        assert_eq!((back.width, back.height, back.channels), (32, 24, channels));
        assert_eq!((&back.icc, &back.exif, back.orientation), (&p.icc, &p.exif, 8));
        let (Samples::U8(a), Samples::U8(b)) = (&p.samples, &back.samples) else {
            panic!("8 bits went in");
        };
        let worst = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(worst < 24, "a ramp at quality 90 is off by {worst}");
    }
}

#[test]
fn better_jpeg_quality_makes_larger_files() {
    let p = picture(64, 64, 3, 8);
    let size = |quality| encode(&p, Format::Jpeg, &WriteOptions { quality }).unwrap().len();
    assert!(size(20) < size(60) && size(60) < size(95));
}

#[test]
fn what_a_format_cannot_hold_is_refused_not_narrowed() {
    let cases = [
        (Format::Jpeg, 4, 8, "alpha"),
        (Format::Jpeg, 2, 8, "alpha"),
        (Format::Jpeg, 3, 16, "16-bit"),
        (Format::WebP, 3, 16, "16-bit"),
    ];
    for (format, channels, bits, word) in cases {
        let error = encode(&picture(4, 4, channels, bits), format, &WriteOptions::default()).unwrap_err();
        assert_eq!(error.code(), "param.image_format");
        assert!(error.message().contains(word), "{error}");
    }
    let wide = encode(&picture(16_385, 1, 3, 8), Format::WebP, &WriteOptions::default());
    assert_eq!(wide.unwrap_err().code(), "param.image_format");
    let mut long = picture(2, 2, 3, 8);
    long.exif = Some([&exif(1)[..], &[0; 70_000]].concat());
    let error = encode(&long, Format::Jpeg, &WriteOptions::default()).unwrap_err();
    assert_eq!(error.code(), "param.image_format");
}

#[test]
fn a_profile_of_another_colour_space_and_a_block_that_is_not_exif_are_refused() {
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff] {
        let mut grey = picture(4, 4, 3, 8);
        grey.icc = Some(profile(1));
        let mut other = picture(4, 4, 3, 8);
        other.exif = Some(b"garbage".to_vec());
        let mut turned = picture(4, 4, 3, 8);
        turned.orientation = 9;
        for (p, code) in [(grey, "param.metadata"), (other, "param.metadata"), (turned, "param.range")] {
            assert_eq!(encode(&p, format, &WriteOptions::default()).unwrap_err().code(), code, "{format:?}");
        }
    }
}

#[test]
fn the_orientation_that_was_given_is_stated_whatever_the_block_says() {
    let bare = b"MM\0*\0\0\0\x08\0\0\0\0\0\0".to_vec();
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff] {
        for block in
            [None, Some(exif(1)), Some(exif(8)), Some(bare.clone()), Some([b"Exif\0\0", &exif(3)[..]].concat())]
        {
            for orientation in 1..=8 {
                let mut p = picture(4, 6, 3, 8);
                (p.exif, p.orientation) = (block.clone(), orientation);
                assert_eq!(through(&p, format).orientation, orientation, "{format:?} {block:?}");
            }
        }
    }
}

#[test]
fn sizes_that_do_not_belong_together_are_refused() {
    use vaerans_io::Picture;
    for (width, height, channels, count) in [(0, 1, 1, 0), (2, 2, 5, 20), (2, 2, 0, 0), (2, 2, 1, 3)] {
        let error = Picture::new(Samples::U8(vec![0; count]), width, height, channels).unwrap_err();
        assert_eq!(error.code(), "param.shape");
    }
    let mut changed = picture(2, 2, 1, 8);
    changed.width = 3;
    let error = encode(&changed, Format::Png, &WriteOptions::default()).unwrap_err();
    assert_eq!(error.code(), "param.shape");
}
