//! Pictures through a learned model of this library's own: files, their errors, and what hostile ones say.

use super::testing::{decoder_of, encoder, latent, learned, network, picture};
use super::{Files, Learned, Networks};
use crate::bitstream::{to_vec, Content, Metadata};
use crate::codec::coded;
use crate::codec::open::{DecodeOptions, Opened};
use crate::codec::profile::vae::latent::compress;
use crate::codec::test_kit::{info, scene_u16, scene_u8, view, view_u16};
use crate::codec::tile::{ImageView, SampleBuf};
use crate::codec::write::Options;
use crate::component::{Lineage, Params, StepRecord, Value};
use crate::ecs::{Models, NoModels, Pipe, Step, World, WorldOptions};
use crate::error::Result;
use crate::registry::Direction;
use crate::wire::{sha256, Limits, Slice};
use crate::REGISTRY;
use std::sync::Arc;
use vaerans_kernels::Kernels;

fn options() -> Options {
    Options { threads: Some(1), ..Options::default() }
}

fn decode(file: &[u8], models: Arc<dyn Models>, options: &DecodeOptions) -> Result<SampleBuf> {
    let source = Slice(file);
    let opened = Opened::new(&source, &REGISTRY, &Limits::default())?.with_models(models);
    Ok(opened.picture(Kernels::active(), options)?.samples)
}

fn file_of(image: ImageView, options: &Options) -> Vec<u8> {
    compress(Kernels::active(), &image, options, &learned()).unwrap()
}

fn largest(a: &[u8], b: &[u8]) -> u8 {
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[test]
fn a_bound_holds_over_a_network_and_lossless_is_so() {
    let models: Arc<dyn Models> = Arc::new(Networks::of(learned()));
    for (w, h, c) in [(1, 1, 3), (7, 5, 3), (40, 33, 3), (64, 48, 1)] {
        let pixels = scene_u8(w, h, c);
        let image = view(w, h, c, &pixels);
        let back = |options: &Options| {
            let file = file_of(image, options);
            (decode(&file, models.clone(), &DecodeOptions::default()).unwrap(), file)
        };
        let (exact, file) = back(&options().with("lossless", true));
        assert_eq!(exact.as_u8(), Some(&pixels[..]), "{w} x {h} x {c}");
        assert!(info(&file).is_lossless);
        let (close, file) = back(&options().with("max_error", 3i64));
        assert!(largest(close.as_u8().unwrap(), &pixels) <= 3);
        assert!(!info(&file).is_lossless);
        let (lossy, file) = back(&options());
        assert_eq!(lossy.as_u8().unwrap().len(), pixels.len());
        assert!(info(&file).streams.len() == 1 && info(&file).foreign.is_empty());
    }
}

#[test]
fn sixteen_bits_and_every_instruction_set_give_the_same_file() {
    let pixels = scene_u16(30, 21, 3);
    let image = view_u16(30, 21, 3, &pixels);
    let with = |kernels: Kernels| {
        let (decoder, encoder) = (decoder_of(2.0), encoder());
        let model = Learned::load(decoder.files(), Some(encoder.files()), kernels, &Limits::default()).unwrap();
        compress(kernels, &image, &options().with("lossless", true), &Arc::new(model)).unwrap()
    };
    let file = with(Kernels::REFERENCE);
    for kernels in Kernels::available() {
        assert!(with(kernels) == file, "{}", kernels.isa().name());
    }
    let models = Arc::new(Networks::of(learned()));
    assert_eq!(decode(&file, models, &DecodeOptions::default()).unwrap().as_u16(), Some(&pixels[..]));
}

#[test]
fn threads_regions_and_scales_change_no_pixel() {
    let pixels = scene_u8(50, 30, 3);
    let file = file_of(view(50, 30, 3, &pixels), &options().with("max_error", 2i64));
    let models: Arc<dyn Models> = Arc::new(Networks::of(learned()));
    let get = |options: DecodeOptions| decode(&file, models.clone(), &options).unwrap();
    let whole = get(DecodeOptions::default());
    assert_eq!(get(DecodeOptions { threads: Some(4), ..DecodeOptions::default() }), whole);
    let region = Some(crate::rect::Rect { x: 10, y: 5, width: 8, height: 4 });
    let part = get(DecodeOptions { region, ..DecodeOptions::default() });
    let rows = (5..9).flat_map(|y| whole.as_u8().unwrap()[(y * 50 + 10) * 3..][..24].to_vec());
    assert_eq!(part.as_u8().unwrap(), rows.collect::<Vec<_>>());
    let small = get(DecodeOptions { reduce: 1, ..DecodeOptions::default() });
    assert_eq!(small.as_u8().unwrap().len(), 25 * 15 * 3);
}

#[test]
fn a_file_says_which_model_it_needs() {
    let pixels = scene_u8(9, 9, 3);
    let file = file_of(view(9, 9, 3, &pixels), &options());
    let source = Slice(&file);
    let opened = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap();
    let [needed] = opened.models()[..] else { panic!("one model") };
    assert_eq!((needed.sha256, needed.source, needed.name), (sha256(&decoder_of(2.0).0), None, ""));
    assert!(matches!(opened.content(), Content::Picture(_)) && opened.foreign().is_empty());
    let code = decode(&file, Arc::new(NoModels), &DecodeOptions::default()).unwrap_err();
    assert_eq!(code.code(), "model.not_found");
    assert!(code.message().contains(&crate::wire::hex(&needed.sha256)), "{code}");
}

#[test]
fn another_network_under_the_name_is_found_out_where_pixels_must_be_the_same() {
    let pixels = scene_u8(20, 20, 3);
    let image = view(20, 20, 3, &pixels);
    // Brighter by a hundredth.
    let gain = [("coordinate_transformation_mode", crate::nn::plan::Attribute::Int(4))];
    let last = [("perm", crate::nn::plan::Attribute::Ints(vec![0, 2, 3, 1]))];
    let other = network(
        latent(),
        &[(&[1], &[1.01 / super::testing::GAIN]), (&[4], &[1.0, 1.0, 2.0, 2.0])],
        &[
            ("Mul", &[Some(0), Some(1)], &[]),
            ("Resize", &[Some(3), None, Some(2)], &gain),
            ("Transpose", &[Some(4)], &last),
        ],
    );
    let other = Learned::load(other.files(), None, Kernels::active(), &Limits::default()).unwrap();
    assert!(!other.encodes());
    let models = Networks::default();
    models.stand_in(learned().sha256, Arc::new(other));
    let models: Arc<dyn Models> = Arc::new(models);
    let lossy = decode(&file_of(image, &options()), models.clone(), &DecodeOptions::default()).unwrap();
    assert_eq!(lossy.as_u8().unwrap().len(), pixels.len());
    let exact = file_of(image, &options().with("lossless", true));
    let error = decode(&exact, models.clone(), &DecodeOptions::default()).unwrap_err();
    assert_eq!(error.code(), "data.base_differs", "{error}");
    let error = models.network(&learned().sha256, Direction::Forward).map(drop).unwrap_err();
    assert_eq!(error.code(), "model.missing_file");
}

#[test]
fn networks_that_are_no_model_are_refused() {
    let code = |decoder: Files, encoder: Option<Files>| {
        Learned::load(decoder, encoder, Kernels::active(), &Limits::default()).map(drop).unwrap_err().code()
    };
    let (good, thrice, encoder) = (decoder_of(2.0), decoder_of(3.0), encoder());
    assert_eq!(code(thrice.files(), Some(encoder.files())), "model.shape");
    // What makes less of a latent than it is decodes nothing.
    assert_eq!(code(encoder.files(), None), "model.shape");
    assert_eq!(code(Files { weights: &[], ..good.files() }, None), "model.weights");
    assert_eq!(code(Files { plan: &good.0[1..], ..good.files() }, None), "model.plan");
    let twice =
        network(latent(), &[], &[("Concat", &[Some(0), Some(0)], &[("axis", crate::nn::plan::Attribute::Int(0))])]);
    assert_eq!(code(twice.files(), None), "model.shape");
}

#[test]
fn numbers_that_are_none_are_refused_as_latents() {
    let turned = |dims, axes: [i64; 4]| {
        let perm = [("perm", crate::nn::plan::Attribute::Ints(axes.to_vec()))];
        let steps = [("Mul", &[Some(0), Some(1)][..], &[][..]), ("Transpose", &[Some(2)], &perm)];
        network(dims, &[(&[1], &[f32::NAN])], &steps)
    };
    let (decoder, encoder) = (turned(latent(), [0, 2, 3, 1]), turned(picture(), [0, 3, 1, 2]));
    let model = Learned::load(decoder.files(), Some(encoder.files()), Kernels::active(), &Limits::default()).unwrap();
    let pixels = scene_u8(4, 4, 3);
    let error = compress(Kernels::active(), &view(4, 4, 3, &pixels), &options(), &Arc::new(model)).unwrap_err();
    assert_eq!(error.code(), "data.not_finite", "{error}");
}

#[test]
fn what_a_model_does_not_take_is_refused_before_it_runs() {
    let pixels = scene_u8(8, 8, 4);
    let error = compress(Kernels::active(), &view(8, 8, 4, &pixels), &options(), &learned()).unwrap_err();
    assert_eq!(error.code(), "param.shape", "{error}");
    let short = Limits { max_bytes: 1 << 10, ..Limits::default() };
    let rgb = scene_u8(64, 64, 3);
    let given = Options { limits: short, ..options() };
    let error = compress(Kernels::active(), &view(64, 64, 3, &rgb), &given, &learned()).unwrap_err();
    assert!(error.code().starts_with("limit."), "{error}");
    let error = REGISTRY.step("VAEEncode", &Params::new()).and_then(|step| {
        let mut world = World::new(WorldOptions::new(Kernels::active()))?;
        let id = world.lease_image(Box::new(rgb.clone()), crate::arena::DType::U8, &[64, 64, 3])?;
        let mut pipe = Pipe::new(vec![id]);
        pipe.to(&mut world, Step::Native(step), None);
        pipe.advance(&mut world).map(drop)
    });
    assert_eq!(error.unwrap_err().code(), "param.range");
}

/// A lossy file that states other parameters of its model.
fn changed(change: impl Fn(Params) -> Params) -> Vec<u8> {
    let pixels = scene_u8(16, 12, 3);
    let models: Arc<dyn Models> = Arc::new(Networks::of(learned()));
    let mut world = World::new(WorldOptions { models, ..WorldOptions::new(Kernels::active()) }).unwrap();
    let id = world.lease_image(Box::new(pixels), crate::arena::DType::U8, &[12, 16, 3]).unwrap();
    let mut pipe = Pipe::new(vec![id]);
    for (name, params) in
        [("VAEEncode", learned().params()), ("QuantizeU8", Params::new()), ("ANSEncode", Params::new())]
    {
        pipe.to(&mut world, Step::Native(REGISTRY.step(name, &params).unwrap()), None);
    }
    pipe.advance(&mut world).unwrap();
    let coded = world.component(id, "Bitstream", None).unwrap().clone();
    let mut item = coded::item(&REGISTRY, &[("Bitstream", &coded)], Metadata::default()).unwrap();
    let lineage = &mut item.streams[0].lineages[0];
    let mut steps: Vec<_> = lineage.steps().iter().map(|s| StepRecord::clone(s)).collect();
    steps[0].params = change(steps[0].params.clone());
    *lineage = Lineage::of(steps);
    to_vec(&item).unwrap()
}

#[test]
fn hostile_parameters_are_the_files_fault() {
    let good = changed(|params| params);
    let models: Arc<dyn Models> = Arc::new(Networks::of(learned()));
    assert!(decode(&good, models.clone(), &DecodeOptions::default()).is_ok());
    let cases: [(&str, Value, &[&str]); 5] = [
        ("downscale", Value::Int(1), &["stream.invalid"]),
        ("downscale", Value::Int(0), &["stream.invalid"]),
        ("channels", Value::Int(4096), &["stream.invalid"]),
        ("model", Value::Bytes(vec![1; 31]), &["stream.invalid"]),
        ("model", Value::Bytes(vec![1; 32]), &["model.not_found"]),
    ];
    for (name, value, codes) in cases {
        let file = changed(|params| params.replaced(name, value.clone()));
        let error = decode(&file, models.clone(), &DecodeOptions::default()).unwrap_err();
        assert!(codes.contains(&error.code()), "{name}: {error}");
    }
}
