//! Whether a JPEG file is whole.
//!
//! The decoder fills what is missing from a cut file with grey and calls it done. A codec that may replace the original must
//! not: so the segments are walked up to the end-of-image marker.

/// Whether the end-of-image marker stands where the first picture ends (ITU-T T.81, B.1.1). Bytes after it do not matter.
pub(crate) fn is_whole(file: &[u8]) -> bool {
    const END_OF_IMAGE: u8 = 0xd9;
    const START_OF_SCAN: u8 = 0xda;
    let mut at = 2;
    while let Some(marker) = next_marker(file, &mut at) {
        match marker {
            END_OF_IMAGE => return true,
            0x01 | 0xd0..=0xd8 => {} // no segment follows
            _ => {
                let Some(&[high, low]) = file.get(at..at + 2) else {
                    return false;
                };
                at += usize::from(u16::from_be_bytes([high, low]));
                if marker == START_OF_SCAN {
                    skip_scan(file, &mut at);
                }
            }
        }
    }
    false
}

/// The next marker's code; `at` then stands behind it.
fn next_marker(file: &[u8], at: &mut usize) -> Option<u8> {
    while *at + 1 < file.len() {
        let (first, second) = (file[*at], file[*at + 1]);
        if first == 0xff && second != 0xff && second != 0 {
            *at += 2;
            return Some(second);
        }
        *at += 1;
    }
    None
}

/// Moves `at` over entropy-coded bytes to the next marker that is not a restart: in them 0xff is followed by 0.
fn skip_scan(file: &[u8], at: &mut usize) {
    while *at + 1 < file.len() {
        let in_scan = matches!(file[*at + 1], 0 | 0xd0..=0xd7 | 0xff);
        if file[*at] == 0xff && !in_scan {
            return;
        }
        *at += 1;
    }
}
