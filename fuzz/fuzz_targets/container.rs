//! Arbitrary bytes as a file: as they are, and with every checksum made to fit.
//!
//! Of a mended file the first eight bytes, which are then the magic ones, choose how it is decoded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vaerans::codec::open::DecodeOptions;
use vaerans_fuzz::{ask, repair::repair, LIMITS};

fuzz_target!(|data: &[u8]| {
    ask::file(data, &DecodeOptions { threads: Some(1), ..DecodeOptions::default() });
    let mut mended = data.to_vec();
    repair(&mut mended, &LIMITS);
    ask::file(&mended, &ask::options(data));
});
