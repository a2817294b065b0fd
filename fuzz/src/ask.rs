//! Everything that can be asked of a file: what it says of itself, its samples with all options, a world with its streams.

use crate::layers::models;
use crate::{both, made, LIMITS};
use std::sync::Arc;
use vaerans::bitstream::{format::MAGIC, FileReader, FileWriter, Item};
use vaerans::codec::open::{DecodeOptions, Decoded, Opened};
use vaerans::codec::{ForeignCall, Progress};
use vaerans::component::{Component, Kind, Params};
use vaerans::ecs::{Foreign, Need, World, WorldOptions};
use vaerans::kernels::Kernels;
use vaerans::rect::Rect;
use vaerans::wire::{AnySource, Slice};
use vaerans::{Result, REGISTRY};

/// Options by the first eight bytes of an input, whose place the magic bytes take when it is mended; the magic bytes
/// themselves choose none.
pub fn options(bytes: &[u8]) -> DecodeOptions {
    let mut c = [0; 8];
    c.iter_mut().zip(bytes.iter().zip(MAGIC)).for_each(|(c, (b, magic))| *c = b ^ magic);
    let n = |i: usize| usize::from(c[i]);
    DecodeOptions {
        threads: Some(1 + usize::from(c[0] & 1)),
        levels: (c[0] & 2 != 0).then_some(n(1) >> 4),
        reduce: u32::from(c[1] & 15) + 2 * u32::from(c[0] >> 6),
        region: (c[0] & 4 != 0).then_some(Rect { x: n(2), y: n(3), width: n(4) + 1, height: n(5) + 1 }),
        allow_truncated: c[0] & 8 != 0,
        rgba: c[0] & 16 != 0,
    }
}

/// Asks a file for all it has.
pub fn file(bytes: &[u8], options: &DecodeOptions) {
    let source = Slice(bytes);
    if let Ok(opened) = Opened::new(&source, &REGISTRY, &LIMITS) {
        item(&opened.with_models(models()), options);
    }
    let Ok(reader) = FileReader::new(&source, &LIMITS) else { return };
    assert!(reader.item("no item is called that").is_err());
    // Each item is as large as the file at most; a few of them reach all there is.
    for entry in reader.entries().iter().take(4) {
        let found = reader.item(&entry.key).and_then(|i| Opened::of(i, &REGISTRY, &LIMITS));
        found.into_iter().for_each(|opened| item(&opened.with_models(models()), options));
    }
    go_on(bytes, &reader);
}

fn item(opened: &Opened, options: &DecodeOptions) {
    check_header(opened);
    let decoded: Vec<_> = both().iter().map(|&k| opened.decode(k, options)).collect();
    let codes: Vec<_> = decoded.iter().map(|d| d.as_ref().err().map(|e| e.code())).collect();
    // Behind a forged quantiser floats may be NaN, whose conversion need not agree: only whether it works.
    assert_eq!(codes.first(), codes.last());
    // Those of the kernels that a world takes come last.
    let (native, undone) = (decoded.last(), in_a_world(opened, options));
    // A world undoes all of a picture before it is halved; the opener leaves the finest levels out.
    if let (Some(Ok(a)), Ok(b), 0) = (native, &undone, options.reduce) {
        assert!(same(a, b), "the opener and a world give different samples");
    }
}

fn same(a: &Decoded, b: &Decoded) -> bool {
    match (a, b) {
        (Decoded::Picture(a), Decoded::Picture(b)) => a == b,
        (Decoded::Tensor(k, a), Decoded::Tensor(l, b)) => {
            let bytes = |t: &vaerans::arena::TensorRef| t.bytes().map(|b| b.to_vec()).ok();
            (k, a.dtype(), a.shape(), bytes(a)) == (l, b.dtype(), b.shape(), bytes(b))
        }
        _ => false,
    }
}

fn check_header(opened: &Opened) {
    let (item, info) = (opened.item(), opened.info());
    let tiles = info.content.tiles();
    assert_eq!((info.is_complete, info.file_bytes), (item.is_complete(), item.bytes()));
    for (i, stream) in item.header.streams.iter().enumerate() {
        assert!(item.whole_levels(i) <= stream.levels);
        for tile in 0..tiles {
            for level in 0..stream.levels {
                let mut part = vec![0; stream.sections[level * tiles + tile].len.min(1 << 16)];
                let fits = part.len() == stream.sections[level * tiles + tile].len;
                let there = item.check_there(i, level, tile);
                if fits && item.read_section(i, level, tile, &mut part).is_ok() {
                    assert!(there.is_ok());
                }
            }
            stream.lineage(tile, &info.content.tile_shape(tile)).expect("it was checked");
        }
    }
}

/// Undoes the item in a world, its foreign steps answered with tensors of the right shape.
fn in_a_world(opened: &Opened, options: &DecodeOptions) -> Result<Decoded> {
    let bytes = usize::try_from(opened.world_bytes()?).expect("within the limits");
    let mut made = WorldOptions::new(Kernels::active());
    made = WorldOptions { arena_bytes: bytes, threads: options.threads, limits: LIMITS, models: models(), ..made };
    let mut world = World::new(WorldOptions { registry: Some(&REGISTRY), trace: true, ..made })?;
    if let Ok(id) = opened.spawn(&mut world) {
        assert!(!world.keys(id)?.is_empty());
        world.despawn(id)?;
    }
    let steps = opened.foreign().into_iter().map(|s| inverse(s.number, &s.name, &s.params)).collect();
    let undoing = opened.undoing(&mut world, steps, options)?;
    while let Progress::Foreign(call) = undoing.pipe.advance(&mut world)? {
        answer(&mut world, &call)?;
        undoing.pipe.finish_foreign(&mut world, &call)?;
    }
    undoing.collect(&world)
}

/// The caller's part of a step that only it can undo.
fn inverse(number: u16, name: &str, params: &Params) -> Foreign {
    Foreign {
        handle: 0,
        name: name.to_string(),
        number,
        params: params.clone(),
        needs: vec![Need::cursor(Kind::ALL)],
        produces: vec![("Undone".into(), Kind::Foreign)],
        infer: None,
        is_inverse: true,
        is_recorded: true,
    }
}

fn answer(world: &mut World, call: &ForeignCall) -> Result<()> {
    for (&id, bound) in &call.bound {
        let slot = &bound.inputs[0];
        let input = &world.component(id, &slot.key, Some(slot.step))?.data;
        let dtype = bound.output.tensor.dtype.unwrap_or(input.dtype());
        let shape = bound.output.tensor.shape.clone().unwrap_or(input.shape().to_vec());
        let mut data = world.arena().alloc(dtype, &shape)?;
        data.as_mut_bytes().fill(7);
        world.attach(id, &bound.output.key, Component::new(Kind::Foreign, data.freeze()), Some(call.step))?;
    }
    Ok(())
}

/// Whoever goes on with the file finds what was there, and what is added.
fn go_on(bytes: &[u8], reader: &FileReader) {
    if reader.entries().len() >= LIMITS.max_items() as usize {
        return;
    }
    let mut more = Vec::new();
    let mut writer = FileWriter::resume(&Slice(bytes), &LIMITS, &mut more).expect("the reader could");
    let kept = usize::try_from(writer.offset()).expect("a part of the file");
    writer.add("new", made::small()).expect("a valid item");
    writer.finish().expect("memory");
    let all = [&bytes[..kept], &more].concat();
    let source: Arc<dyn vaerans::wire::Source + Send> = Arc::new(all);
    let longer = FileReader::new(AnySource::Shared(source), &LIMITS).expect("a file that goes on");
    assert_eq!(longer.entries().len(), reader.entries().len() + 1);
    assert_eq!(longer.entries()[..reader.entries().len()], *reader.entries());
    let added: Item = longer.item("new").expect("it was added");
    Opened::of(added, &REGISTRY, &LIMITS)
        .expect("valid")
        .decode(Kernels::active(), &DecodeOptions::default())
        .expect("valid");
}
