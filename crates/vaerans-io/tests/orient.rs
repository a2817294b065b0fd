//! Orientation 1 to 8 on a picture whose corners are told apart.

mod common;
use common::exif;
use vaerans_io::{apply_orientation, exif_orientation, reset_exif_orientation, Picture, Samples};

/// Stored rows of a 3x2 picture; `a` is the corner first in the file.
const STORED: &[u8; 6] = b"abcdef";

/// What a viewer shows, row by row (EXIF 2.32: where row 0 and column 0 of the stored picture go).
const SHOWN: [(u8, &[u8; 6], u32); 8] = [
    (1, b"abcdef", 3),
    (2, b"cbafed", 3),
    (3, b"fedcba", 3),
    (4, b"defabc", 3),
    (5, b"adbecf", 2),
    (6, b"daebfc", 2),
    (7, b"fcebda", 2),
    (8, b"cfbead", 2),
];

#[test]
fn each_orientation_is_turned_upright() {
    for (how, shown, width) in SHOWN {
        for wide in [false, true] {
            let make = |bytes: &[u8]| match wide {
                false => Samples::U8(bytes.to_vec()),
                true => Samples::U16(bytes.iter().map(|b| u16::from(*b) << 8).collect()),
            };
            let mut p = Picture::new(make(STORED), 3, 2, 1).unwrap();
            p.exif = Some(exif(how));
            p.orientation = how;
            let p = apply_orientation(p);
            assert_eq!((p.samples, p.width, p.orientation), (make(shown), width, 1), "{how}");
            assert_eq!(p.exif, Some(exif(1)));
        }
    }
}

#[test]
fn channels_stay_together() {
    let p = Picture::new(Samples::U8((0..12).collect()), 2, 2, 3).unwrap();
    let turned = apply_orientation(Picture { orientation: 6, ..p });
    assert_eq!(turned.samples, Samples::U8(vec![6, 7, 8, 0, 1, 2, 9, 10, 11, 3, 4, 5]));
}

#[test]
fn blocks_without_an_orientation_are_upright_and_untouched() {
    for block in [&b""[..], b"II\x2a\0", b"garbage in here"] {
        assert_eq!(exif_orientation(block), 1);
        let mut changed = block.to_vec();
        reset_exif_orientation(&mut changed);
        assert_eq!(changed, block);
    }
}

#[test]
fn a_prefix_is_looked_behind_and_a_value_that_is_none_is_set() {
    let prefixed = |how| [b"Exif\0\0", &exif(how)[..]].concat();
    let mut block = prefixed(6);
    assert_eq!(exif_orientation(&block), 6);
    reset_exif_orientation(&mut block);
    assert_eq!(block, prefixed(1));
    let mut odd = exif(9);
    reset_exif_orientation(&mut odd);
    assert_eq!(odd, exif(1));
}
