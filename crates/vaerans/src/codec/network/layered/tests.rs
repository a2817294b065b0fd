//! Files of a codec in layers that do not belong together; its steps in pipes.

use crate::codec::network::testing::layered::{analysis, codec, models, Files, BASE_STEPS};
use crate::arena::DType;
use crate::bitstream::{to_vec, Metadata};
use crate::codec::coded;
use crate::codec::open::{DecodeOptions, Opened};
use crate::codec::test_kit::{scene_u16, scene_u8};
use crate::component::{Kind, Params, Value};
use crate::ecs::{EntityId, Models, Pipe, Step, World, WorldOptions};
use crate::error::Result;
use crate::learned::{name_of, Layered};
use crate::wire::{Limits, Slice};
use crate::REGISTRY;
use std::sync::Arc;
use vaerans_kernels::Kernels;

const ALL: [[bool; 2]; 2] = [[true; 2]; 2];

fn load(files: &Files) -> Result<Layered> {
    files.load(Kernels::active(), ALL)
}

fn code<T>(of: Result<T>) -> Option<&'static str> {
    of.err().map(|e| e.code())
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let good = Files::new();
    let codec = load(&good).unwrap();
    assert!(codec.encodes() && codec.bytes() > 0);
    assert_eq!([0, 1, 2].map(|layers| codec.channels(layers)), [0, 3, 6]);
    let checksum = Some("model.checksum");
    let other = crate::learned::testing::predictor(&[3, 6], 12);
    assert_eq!(code(load(&Files { predictor: other, ..Files::new() })), checksum);
    let mut swapped = Files::new();
    swapped.networks.swap(0, 1);
    assert_eq!(code(load(&swapped)), checksum);
    // A plan holds the digest of its weights.
    let mut damaged = Files::new();
    damaged.networks[0][0].1[0] ^= 1;
    assert_eq!(code(load(&damaged)), Some("model.weights"));
    let mut cut = Files::new();
    cut.networks[0][1].0.pop();
    assert_eq!(code(load(&cut)), Some("model.plan"));
}

#[test]
fn a_head_that_does_not_fit_is_refused() {
    type Change = fn(&mut Files);
    let cases: [Change; 4] = [
        |f| f.head.scales.truncate(5),
        |f| f.head.base_steps = 6,
        |f| f.head.plans.truncate(1),
        |f| f.head.plans.push([0; 32]),
    ];
    for (i, change) in cases.iter().enumerate() {
        let mut files = Files::new();
        change(&mut files);
        assert_eq!(code(load(&files)), Some("model.invalid"), "change {i}");
    }
}

fn world(models: Arc<dyn Models>) -> World {
    World::new(WorldOptions { models, registry: Some(&REGISTRY), ..WorldOptions::new(Kernels::active()) }).unwrap()
}

fn params(step: usize) -> Params {
    let model = Value::Bytes(name_of(&codec().sha256).to_vec());
    Params::new().with("model", model).with("step", Value::Int(step as i64))
}

fn native(name: &str, params: &Params) -> Step {
    Step::Native(REGISTRY.step(name, params).unwrap())
}

/// A picture through the encoder, its integers coded, and all of it undone.
fn there_and_back(world: &mut World, shape: [usize; 3], step: usize) -> Result<EntityId> {
    let pixels = scene_u8(shape[1], shape[0], shape[2]);
    let id = world.lease_image(Box::new(pixels), DType::U8, &shape)?;
    let mut pipe = Pipe::new(vec![id]);
    for name in ["LayeredVAEEncode", "PredictEncode"] {
        pipe.to(world, native(name, &params(step)), None);
    }
    for name in ["PredictDecode", "LayeredVAEDecode"] {
        pipe.to(world, native(name, &Params::new()), None);
    }
    pipe.advance(world)?;
    Ok(id)
}

fn bytes(world: &World, id: EntityId, key: &str) -> Vec<u8> {
    world.component(id, key, None).unwrap().data.bytes().unwrap().to_vec()
}

#[test]
fn a_pipe_gives_what_its_file_gives() {
    for (shape, step) in [([11, 6, 3], 0), ([30, 41, 1], BASE_STEPS), ([9, 8, 4], 4)] {
        let mut world = world(models());
        let id = there_and_back(&mut world, shape, step).unwrap();
        let back = world.component(id, "ReconRGB", None).unwrap();
        assert_eq!((back.kind, back.data.shape(), back.lineage.steps().len()), (Kind::Image, &shape[..], 0));
        let coded = world.component(id, "Bitstream", None).unwrap();
        let item = coded::item(&REGISTRY, &[("Bitstream", coded)], Metadata::default()).unwrap();
        let file = to_vec(&item).unwrap();
        let source = Slice(&file);
        let opened = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap().with_models(models());
        // What the coder has from the step before is stored once.
        assert_eq!(opened.item().header.streams[0].levels, if step < BASE_STEPS { 1 } else { 2 });
        assert_eq!(opened.info().steps.len(), 2);
        let image = opened.picture(Kernels::active(), &DecodeOptions::default()).unwrap();
        assert_eq!(image.samples.as_u8(), Some(&bytes(&world, id, "ReconRGB")[..]), "{shape:?}");
    }
}

#[test]
fn pictures_of_sixteen_bits_have_their_shape_and_depth() {
    let mut world = world(models());
    let samples = scene_u16(15, 8, 3);
    let wide: Vec<u8> = samples.iter().flat_map(|s| s.to_ne_bytes()).collect();
    let id = world.lease_image(Box::new(samples), DType::U16, &[8, 15, 3]).unwrap();
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, native("LayeredVAEEncode", &params(4)), None);
    pipe.to(&mut world, native("LayeredVAEDecode", &Params::new()), None);
    pipe.advance(&mut world).unwrap();
    let symbols = world.component(id, "SymbolsU8", None).unwrap();
    assert_eq!((symbols.data.dtype(), symbols.data.shape()), (DType::I16, &[6, 4, 8][..]));
    let back = bytes(&world, id, "ReconRGB");
    assert!(back.len() == wide.len() && back != wide);
}

#[test]
fn what_is_missing_is_named() {
    let decoder = Arc::new(Files::new().load(Kernels::active(), [[true, false], [true, false]]).unwrap());
    let base = Arc::new(Files::new().load(Kernels::active(), [[true, true], [false, false]]).unwrap());
    assert!(!decoder.encodes() && !base.encodes());
    let run = |codec: Arc<Layered>, step| {
        let models = crate::codec::network::Networks::layered(codec);
        code(there_and_back(&mut world(Arc::new(models)), [8, 8, 3], step))
    };
    assert_eq!(run(decoder, 0), Some("model.missing_file"));
    assert_eq!(run(base.clone(), 0), None, "the base alone");
    assert_eq!(run(base, BASE_STEPS), Some("model.missing_file"));
    assert_eq!(run(codec(), 5), Some("param.range"));
    let nobody = Arc::new(crate::ecs::NoModels);
    assert_eq!(code(there_and_back(&mut world(nobody), [8, 8, 3], 0)), Some("model.not_found"));
    let mut world = world(models());
    let id = world.lease_image(Box::new(vec![0u8; 12]), DType::U8, &[2, 2, 3]).unwrap();
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, native("LayeredVAEEncode", &Params::new()), None);
    assert_eq!(code(pipe.advance(&mut world)), Some("param.range"), "no model");
}

#[test]
fn an_encoder_that_makes_no_numbers_is_an_error() {
    let mut files = Files::new();
    files.networks[0][1] = analysis(f32::NAN);
    let codec = Arc::new(load(&files).unwrap());
    let models = Arc::new(crate::codec::network::Networks::layered(codec));
    let error = there_and_back(&mut world(models), [8, 8, 3], 0).map(drop).unwrap_err();
    assert_eq!(error.code(), "data.not_finite", "{error}");
}
