//! Arbitrary bytes as a file: as they are, and with every checksum made to fit.
#![no_main]

use libfuzzer_sys::{fuzz_target, Corpus};
use vaerans::arena::Arena;
use vaerans::bitstream::File;
use vaerans::codec::{picture, store};
use vaerans::ecs::Ctx;
use vaerans::kernels::Kernels;
use vaerans_fuzz::{repair::repair, LIMITS};

/// Reads everything a file says and undoes every stream of it.
fn open(bytes: &[u8]) -> bool {
    let _ = picture::info(bytes, &LIMITS);
    let Ok(file) = File::parse(bytes, &LIMITS) else { return false };
    let tiles = file.header.content.tiles();
    for (i, stream) in file.header.streams.iter().enumerate() {
        assert!(file.whole_levels(i) <= stream.levels);
        for tile in 0..tiles {
            (0..stream.levels).for_each(|level| drop(file.section(i, level, tile)));
            let _ = stream.lineage(tile, &file.header.content.tile_shape(tile));
        }
    }
    let arena = Arena::new(LIMITS.max_bytes as usize).expect("small");
    let ctx = Ctx { kernels: Kernels::active(), arena: &arena, threads: 1, limits: &LIMITS };
    if let Ok((streams, _)) = store::open_streams(&arena, bytes, &LIMITS) {
        streams.into_iter().for_each(|s| drop(s.undo(&ctx)));
    }
    true
}

fuzz_target!(|data: &[u8]| -> Corpus {
    open(data);
    let mut mended = data.to_vec();
    repair(&mut mended, &LIMITS);
    open(&mended);
    Corpus::Keep
});
