//! The decoder of pictures: arbitrary bytes, as they are and with checksums that are made to fit. The first byte chooses how they are decoded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vaerans_fuzz::photo::decode;
use vaerans_fuzz::{repair::repair, LIMITS};

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    decode(rest, choice);
    let mut mended = rest.to_vec();
    repair(&mut mended, &LIMITS);
    decode(&mended, choice);
});
